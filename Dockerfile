# The image of the gateway with its own voices. The first stage takes the steps of `make setup`, and is thrown away.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
COPY requirements/tools.lock requirements/run.lock requirements/
RUN python -m venv /opt/tools \
  && /opt/tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.lock
RUN python -m venv --without-pip /opt/legato \
  && /opt/tools/bin/uv pip sync --python /opt/legato/bin/python requirements/run.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src src
COPY gateway gateway
RUN /opt/tools/bin/uv build --wheel --no-build-isolation --python /opt/tools/bin/python --out-dir /tmp/wheels \
  && /opt/tools/bin/uv pip install --python /opt/legato/bin/python --no-deps /tmp/wheels/*.whl \
  && /opt/legato/bin/python -m gateway.engines.prepare

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 legato \
  && useradd --system --uid 10001 --gid legato --home-dir /nonexistent --shell /usr/sbin/nologin legato
COPY --from=build /opt/legato /opt/legato
COPY LICENSE NOTICE /usr/share/doc/legato/
ENV PATH=/opt/legato/bin:$PATH \
  PYTHONUNBUFFERED=1 \
  PYTHONDONTWRITEBYTECODE=1 \
  LEGATO_SERVER__HTTP=0.0.0.0:8080 \
  LEGATO_SERVER__GRPC=0.0.0.0:50051 \
  LEGATO_SERVER__ADMIN=0.0.0.0:9464
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080 50051 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-P", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 9464, timeout=2); c.request('GET', '/readyz'); exit(c.getresponse().status != 200)"]
ENTRYPOINT ["legato"]
CMD ["serve"]
