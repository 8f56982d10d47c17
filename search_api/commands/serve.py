"""``dateline serve``."""

import typer

from search_api.commands.settings_options import with_settings
from search_api.service.settings import Settings


@with_settings
def serve(_context: typer.Context, settings: Settings) -> None:
    """Serve the HTTP API and the search page until interrupted."""
    from indexer.generations.store import current_id
    from search_api.app import create_app
    from search_api.service import server

    current_id(settings.index)
    app = create_app(settings)
    server.check_exposure(settings, has_keys=app.state.guard.wants_keys)
    server.serve(app, settings)
