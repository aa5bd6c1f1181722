-- miltertest script: own mail gets its signatures, mail from outside gets none; PORT is set by -D.
-- Prints nothing when right.
function letter(conn, user, client, from)
	if mt.conninfo(conn, "client.example", client) ~= nil then error("conninfo") end
	mt.getreply(conn)
	mt.helo(conn, "client.example")
	mt.getreply(conn)
	if user then mt.macro(conn, SMFIC_MAIL, "i", "Q1", "{auth_authen}", user) end
	mt.mailfrom(conn, "<ann@example.org>")
	mt.getreply(conn)
	mt.rcptto(conn, "<far@remote.example>")
	mt.getreply(conn)
	mt.header(conn, "From", from)
	mt.header(conn, "To", "far@remote.example")
	mt.header(conn, "Subject", "the boat club")
	mt.header(conn, "Date", "Mon, 02 Feb 2026 10:00:00 +0000")
	mt.eoh(conn)
	mt.bodystring(conn, "We meet on Thursday.\r\n")
	if mt.eom(conn) ~= nil then error("eom") end
	local reply = mt.getreply(conn)
	if reply ~= SMFIR_CONTINUE and reply ~= SMFIR_ACCEPT then error("reply "..reply) end
	return mt.eom_check(conn, MT_HDRINSERT, "DKIM-Signature")
end

function try(what, want, user, client, from)
	local conn = mt.connect("inet:"..port.."@127.0.0.1")
	if conn == nil then error("connect") end
	if letter(conn, user, client, from) ~= want then error(what) end
	mt.disconnect(conn)
end

try("a user's mail is not signed", true, "ann", "198.51.100.7", "Ann <ann@example.org>")
try("a user's mail for a subdomain is not signed", true, "ann", "198.51.100.7", "ann@mail.example.org")
try("a user's mail in another name is signed", false, "ann", "198.51.100.7", "ann@example.net")
try("mail with two authors is signed", false, "ann", "198.51.100.7", "ann@example.org, eve@evil.example")
try("mail from outside is signed", false, nil, "203.0.113.9", "Ann <ann@example.org>")
