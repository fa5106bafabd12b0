import pickle

from gateway.servers.settings import Address, ServerSettings
from tests.gateway.app.workers_stage import post


def test_a_worker_listens_on_the_shared_ports_and_on_its_own(tmp_path):
    asked = ServerSettings(
        http=Address("127.0.0.1", 0), grpc=Address("[::1]", 0), admin=Address("127.0.0.1", 9464)
    )
    told = post(tmp_path, 3).settings(asked)
    assert (told.http, told.own_http) == (Address("127.0.0.1", 8080), Address("127.0.0.1", 1001))
    assert (told.grpc, told.own_grpc) == (Address("[::1]", 50051), Address("[::1]", 1002))
    assert (told.admin, told.admin_socket, told.tcp) == (None, tmp_path / "worker-3.sock", None)
    assert told.reuse_port


def test_the_shared_port_for_bare_tcp_is_there_where_it_is_wanted(tmp_path):
    asked = ServerSettings(tcp=Address("127.0.0.1", 10200))
    assert post(tmp_path).settings(asked).tcp == Address("127.0.0.1", 0)


def test_it_can_be_sent_to_another_process(tmp_path):
    assert pickle.loads(pickle.dumps(post(tmp_path))) == post(tmp_path)
    assert post(tmp_path).engine.parent == tmp_path
