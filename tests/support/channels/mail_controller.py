"""A mail server for tests that closes what clients left open."""

from __future__ import annotations

import asyncio

from aiosmtpd.controller import Controller

TURNS = 5
"""Of the loop: in each of them a socket goes one step, from accepted to open or to closed."""


class MailController(Controller):
    """aiosmtpd's server; its own `stop` forgets connections that are still open.

    Their sockets would be closed by the collector of garbage, in the middle of another test, which
    then fails with a warning that is none of its own.
    """

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        """Accept no more, close what is open, then stop."""
        if self.server is not None:
            self.server.close()
        self._ending = self.loop.create_task(self._end(stop_loop))

    async def _end(self, stop_loop: bool) -> None:
        await self._turn()
        for transport in self._open_transports():
            transport.abort()
        await self._turn()
        for task in asyncio.all_tasks(self.loop) - {self._ending}:
            task.cancel()
        await self._turn()
        if stop_loop:
            self.loop.stop()

    def _open_transports(self) -> list[asyncio.Transport]:
        """Those in a TLS handshake too, of which no session knows; asyncio tells them nowhere."""
        return list(vars(self.loop)["_transports"].values())

    @staticmethod
    async def _turn() -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)
