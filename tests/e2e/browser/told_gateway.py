"""A gateway in the page's own browser that answers as a test says: no socket is opened."""

import json


class ToldGateway:
    """Answers the page's stream; what it says to each request is for the test's own class to decide.

    Args:
        page: the browser's page.
    """

    def __init__(self, page):
        self.page = page
        self.requests = []

    async def stand(self):
        await self.page.route_web_socket("**/v1/stream", self._serve)

    def _serve(self, socket):
        socket.on_message(lambda message: self._asked(socket, json.loads(message)))

    def _asked(self, socket, request):
        self.requests.append(request)
        self.answer(socket, request)

    def answer(self, socket, request):
        raise NotImplementedError

    def tell(self, socket, message):
        socket.send(json.dumps(message))
