"""Stands for a student's server: tells the tests which token the hub gave to it, and answers the hub."""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlparse

Path("environment.json").write_text(
    json.dumps({name: value for name, value in os.environ.items() if name.startswith("JUPYTERHUB_")})
)


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()


HTTPServer(("127.0.0.1", urlparse(os.environ["JUPYTERHUB_SERVICE_URL"]).port), Answer).serve_forever()
