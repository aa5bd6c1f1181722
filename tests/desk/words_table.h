/* Words of mail programs by language, and the mailings that are forwarded; all written for these
 * tests. TONGUE(code, from, sent, date, to, subject, forwarded, original, begin). */
/* clang-format off */
TONGUE("en", "From", "Sent", "Date", "To", "Subject", "Forwarded message", "Original Message", "Begin forwarded message:")
TONGUE("de", "Von", "Gesendet", "Datum", "An", "Betreff", "Weitergeleitete Nachricht", "Originalnachricht", "Anfang der weitergeleiteten Nachricht:")
TONGUE("fr", "De", "Envoyé", "Date", "À", "Objet", "Message transféré", "Message d'origine", "Début du message réexpédié :")
TONGUE("es", "De", "Enviado", "Fecha", "Para", "Asunto", "Mensaje reenviado", "Mensaje original", "Inicio del mensaje reenviado:")
TONGUE("pt", "De", "Enviado", "Data", "Para", "Assunto", "Mensagem encaminhada", "Mensagem original", "Início da mensagem encaminhada:")
TONGUE("it", "Da", "Inviato", "Data", "A", "Oggetto", "Messaggio inoltrato", "Messaggio originale", "Inizio messaggio inoltrato:")
TONGUE("nl", "Van", "Verzonden", "Datum", "Aan", "Onderwerp", "Doorgestuurd bericht", "Oorspronkelijk bericht", "Begin doorgestuurd bericht:")
TONGUE("pl", "Od", "Wysłano", "Data", "Do", "Temat", "Wiadomość przekazana dalej", "Oryginalna wiadomość", "Początek przekazywanej wiadomości:")
TONGUE("ru", "От", "Отправлено", "Дата", "Кому", "Тема", "Пересылаемое сообщение", "Исходное сообщение", "Начало переадресованного сообщения:")
TONGUE("tr", "Kimden", "Gönderildi", "Tarih", "Kime", "Konu", "Yönlendirilmiş ileti", "Özgün İleti", "İletilen ileti başlangıcı:")
TONGUE("ar", "من", "تم الإرسال", "التاريخ", "إلى", "الموضوع", "رسالة معاد توجيهها", "الرسالة الأصلية", "بدء الرسالة المعاد توجيهها:")
TONGUE("zh", "发件人", "发送时间", "日期", "收件人", "主题", "转发的邮件", "原始邮件", "以下是转发的邮件：")
TONGUE("ja", "差出人", "送信日時", "日付", "宛先", "件名", "転送されたメッセージ", "元のメッセージ", "転送されたメッセージ：")
TONGUE("id", "Dari", "Dikirim", "Tanggal", "Kepada", "Subjek", "Pesan terusan", "Pesan asli", "Mulai pesan terusan:")
TONGUE("sw", "Kutoka", "Imetumwa", "Tarehe", "Kwa", "Mada", "Ujumbe uliosambazwa", "Ujumbe asili", "Mwanzo wa ujumbe:")
TONGUE("el", "Από", "Στάλθηκε", "Ημερομηνία", "Προς", "Θέμα", "Προωθημένο μήνυμα", "Αρχικό μήνυμα", "Αρχή προωθημένου μηνύματος:")
