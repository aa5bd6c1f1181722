"""A reverse proxy as docs/web.md describes one: TLS in front, plain HTTP behind, and a plain door that
only sends people to https.

usage: tls_proxy.py TLS_PORT PLAIN_PORT WEB_PORT CERT KEY
"""
import http.client, http.server, ssl, sys, threading

tls_port, plain_port, web_port = (int(p) for p in sys.argv[1:4])
HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "x-forwarded-for"}


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        conn = http.client.HTTPConnection("127.0.0.1", web_port, timeout=60)
        conn.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP:
                conn.putheader(name, value)
        conn.putheader("X-Forwarded-For", self.client_address[0])
        conn.endheaders(body)
        answer = conn.getresponse()
        content = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = forward

    def log_message(self, *args):
        pass


class Plain(Front):
    def to_https(self):
        host = self.headers.get("Host", "").split(":")[0]
        self.send_response_only(301)
        self.send_header("Location", f"https://{host}:{tls_port}{self.path}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = to_https


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[4], sys.argv[5])
front = http.server.ThreadingHTTPServer(("127.0.0.1", tls_port), Front)
front.socket = context.wrap_socket(front.socket, server_side=True)
threading.Thread(target=front.serve_forever, daemon=True).start()
http.server.ThreadingHTTPServer(("127.0.0.1", plain_port), Plain).serve_forever()
