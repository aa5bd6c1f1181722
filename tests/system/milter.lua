-- miltertest script: a whole transaction against door_harness --milter 21335; prints nothing when right.
conn = mt.connect("inet:21335@127.0.0.1")
if conn == nil then error("connect") end
if mt.conninfo(conn, "mail.example.org", "192.0.2.1") ~= nil then error("conninfo") end
if mt.getreply(conn) ~= SMFIR_CONTINUE then error("conninfo reply "..mt.getreply(conn)) end
mt.helo(conn, "helo.example"); 
if mt.getreply(conn) ~= SMFIR_CONTINUE then error("helo reply") end
mt.macro(conn, SMFIC_MAIL, "i", "Q1", "{auth_authen}", "alice")
mt.mailfrom(conn, "<s@out.example>"); if mt.getreply(conn) ~= SMFIR_CONTINUE then error("mail reply") end
mt.rcptto(conn, "<a@test.example>"); mt.getreply(conn)
mt.header(conn, "X-Test-Action", "tag"); mt.header(conn, "X-Muster-Score", "9"); mt.header(conn, "X-Muster-Score", "8")
mt.header(conn, "Authentication-Results", "mx.example; dkim=pass")
mt.eoh(conn); mt.bodystring(conn, "hi\r\n"); 
if mt.eom(conn) ~= nil then error("eom") end
if mt.getreply(conn) ~= SMFIR_CONTINUE then error("eom reply "..mt.getreply(conn)) end
if not mt.eom_check(conn, MT_HDRINSERT, "X-Muster-Score") then error("no header") end
if not mt.eom_check(conn, MT_HDRDELETE, "X-Muster-Score", 1) then error("not deleted 1") end
if not mt.eom_check(conn, MT_HDRDELETE, "X-Muster-Score", 2) then error("not deleted 2") end
if not mt.eom_check(conn, MT_HDRDELETE, "Authentication-Results", 1) then error("not deleted A-R") end
if mt.eom_check(conn, MT_RCPTDELETE, "<a@test.example>") then error("rcpt deleted") end
mt.disconnect(conn)
