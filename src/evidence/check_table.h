/* The table of checks: CHECK(name, kind, points, hints, reason, doc), family by family.
 * Included several times, no guard. Points come from tools/profile_checks, shrunk (README). */

/* classifier: points are a factor on what the classifier says */
CHECK(classifier_prior, CONTENT, 1.0, 0, "the share of spam that is usual here",
      "The classifier's bias, times the points set here.")
CHECK(classifier_tags, CONTENT, 1.0, 0,
      "its headers, links and build, compared with mail learned earlier",
      "The classifier's channel of header tokens, links and structure, times the points.")
CHECK(classifier_headers, CONTENT, 1.0, 0, "its header lines, compared with mail learned earlier",
      "The classifier's channel of header n-grams, times the points.")
CHECK(classifier_text, CONTENT, 1.0, 0, "its wording, compared with mail learned earlier",
      "The classifier's channel of words and n-grams of the text, times the points.")
CHECK(classifier_facts, REPUTATION, 1.0, 0,
      "what is proven about its sender, compared with mail learned earlier",
      "The classifier's channel of verified facts, times the points.")
CHECK(classifier_user, USER, 1.0, 0, "the recipient's own reports say so",
      "What the recipient's personal layer adds, times the points.")

/* near */
CHECK(near_spam, REPUTATION, 9.0, 0, "it is to %s %% like a message that is known as spam",
      "Near-duplicate of a message that the administrator or a confirmed report called spam; full "
      "points for the same text.")
CHECK(near_ham, REPUTATION, -9.0, 0, "it is to %s %% like a message that is known as wanted",
      "Near-duplicate of a message that the administrator called wanted.")
CHECK(near_own_spam, USER, 9.0, 0, "it is to %s %% like a message that the recipient called spam",
      "Near-duplicate of the recipient's own report.")
CHECK(near_own_ham, USER, -9.0, 0, "it is to %s %% like a message that the recipient called wanted",
      "Near-duplicate of a message that the recipient called wanted.")
CHECK(near_reported, REPUTATION, 2.0, 0,
      "it is to %s %% like a message that another recipient called spam",
      "Near-duplicate of one other person's unconfirmed report.")

/* sender */
CHECK(from_missing, CONTENT, 1.3, 0, "it names no sender",
      "No From field, or none with an address. Broken notifications may lack it.")
CHECK(from_malformed, CONTENT, 3.3, HINT_PHISHING, "its From is not well formed: %s",
      "Something without an address stands before the author's address, as in `Bank ,_<x@y>`.")
CHECK(from_many, CONTENT, 1.6, 0, "it names several senders",
      "Several From fields, or several authors without a Sender field.")
CHECK(from_name_other_address, CONTENT, 2.0, HINT_PHISHING,
      "the sender's name shows another address: %s",
      "The display name of From holds a mail address of another organisation than the real one.")
CHECK(from_name_brand, CONTENT, 3.9, HINT_PHISHING,
      "the sender's name is that of %s, but the address is not",
      "The display name of From holds a well-known name (rules/brands.txt), the address belongs to "
      "somebody else. Resellers and fan clubs may hit it.")
CHECK(from_name_like_brand, CONTENT, 3.9, HINT_PHISHING, "the sender's name only looks like %s",
      "A word of the display name has the same skeleton (UTS 39) as a well-known name without "
      "being it.")
CHECK(from_name_mixed, CONTENT, 3.3, HINT_PHISHING,
      "the sender's name mixes letters of different scripts: %s",
      "A word of the display name mixes scripts in a way that honest words do not.")
CHECK(from_name_disguised, CONTENT, 2.6, HINT_PHISHING, "the sender's name is disguised: %s",
      "The display name holds characters that are not seen, or spells a word with spaces between "
      "the letters.")
CHECK(from_name_odd, CONTENT, 1.3, 0, "the sender's name ends in a stray comma or underscore",
      "Left over by sending programs that fill in templates badly.")
CHECK(from_domain_like, CONTENT, 3.9, HINT_PHISHING,
      "the sender's domain only looks like that of %s",
      "The domain's own label has the same skeleton (UTS 39) as a well-known one without being it.")
CHECK(from_domain_brand, CONTENT, 2.6, HINT_PHISHING,
      "the sender's domain borrows a well-known name: %s",
      "A hyphenated label holds a well-known name, the domain is not that owner's.")
CHECK(from_domain_random, CONTENT, 2.0, 0, "the sender's domain looks as if thrown by dice: %s",
      "Letters and digits change places four times or more in the domain's own label.")
CHECK(reply_to_other, CONTENT, 0.8, 0, "answers would go to another organisation: %s",
      "Reply-To names another organisation than From, outside lists. Help desks and sending "
      "services do it, too.")
CHECK(reply_to_freemail, CONTENT, 2.1, HINT_SCAM,
      "answers would go to a free mailbox elsewhere: %s",
      "Reply-To is at a free mail provider, From somewhere else. Small clubs do it, too.")
CHECK(reply_to_second_mailbox, CONTENT, 2.0, HINT_SCAM,
      "answers would go to another free mailbox: %s",
      "From and Reply-To are two mailboxes at the same free mail provider.")
CHECK(reply_to_nowhere, CONTENT, 2.0, 0, "answers would go to a domain that cannot exist: %s",
      "The domain of Reply-To ends in no public suffix.")

/* header */
CHECK(message_id_missing, CONTENT, 1.0, 0, "it has no Message-ID",
      "Every mail program writes one; some scripts do not.")
CHECK(message_id_odd, CONTENT, 1.0, 0, "its Message-ID is not well formed", "No host behind the @.")
CHECK(date_missing, CONTENT, 1.0, 0, "it has no date", "No Date field.")
CHECK(date_odd, CONTENT, 1.3, 0, "its date cannot be read: %s", "A Date field that does not parse.")
CHECK(to_nobody, CONTENT, 0.5, 0, "it names no recipient",
      "Neither To nor Cc names an address. Blind copies look so, too.")
CHECK(to_is_from, CONTENT, 1.0, 0, "it claims to come from its own recipient",
      "To and From are the same address. Notes to oneself look so, too.")
CHECK(mime_version_missing, CONTENT, 1.0, 0, "it is HTML mail without MIME-Version",
      "Written by a home-made program.")
CHECK(priority_high, CONTENT, 1.0, 0, "it calls itself urgent", "X-Priority: 1, not an answer.")

/* forged */
CHECK(
    stamp_id, CONTENT, 2.6, 0, "its Message-ID was stamped at another time than its date says",
    "Outlook and its kin write the time of sending into the Message-ID; here it is an hour or more "
    "off the Date.")
CHECK(stamp_short, CONTENT, 2.3, 0, "its Message-ID imitates a mail program and lacks a part",
      "A stamped id of Outlook without the counter before it, which no program writes.")
CHECK(stamp_parts, CONTENT, 2.6, 0, "its parts were stamped at another time than its date says",
      "Outlook and its kin write the local time of sending into the boundary of the parts; less "
      "from other programs, when "
      "it is off by whole half hours, or older by days, as drafts are.")
CHECK(date_zone, CONTENT, 2.0, 0, "no clock on earth is set as its date says: %s",
      "A zone beyond 14 hours, or off by other than quarter hours.")
CHECK(date_weekday, CONTENT, 1.2, 0, "its date names the wrong day of the week: %s",
      "The day's name against the date.")
CHECK(mailer_other, CONTENT, 1.0, 0,
      "it says that it was written with %s, but its Message-ID is of another kind",
      "Outlook gives stamped ids; servers behind it sometimes replace them. Outside lists.")

/* relay */
CHECK(helo_odd, NETWORK, 1.6, 0, "the server that brought it gave a name that cannot be one: %s",
      "HELO is a bare word or a bare address, or (less) an address in brackets, from a client that "
      "did not log in. Servers of small offices do it, too.")
CHECK(
    relay_unnamed, NETWORK, 1.8, 0,
    "the machine that brought it has a name made of its address: %s",
    "The verified name holds the machine's address: nobody meant it to be a mail server. A shape "
    "of "
    "names, not a network; servers at home are hit, too. Less when the author's domain is proven.")
CHECK(relay_invented, NETWORK, 1.8, 0, "a line of its way was invented: %s",
      "The Received field below the one in which the message reached us claims to be by the same "
      "machine.")
CHECK(relay_order, NETWORK, 0.6, 0, "its way runs backwards in time",
      "A Received field is later by an hour or more than the one above it. Clocks are off, too.")
CHECK(date_future, CONTENT, 1.6, 0, "it was written after it arrived",
      "Date is three hours or more later than the newest Received field.")

/* subject */
CHECK(subject_missing, CONTENT, 0.5, 0, "it has no subject", "No Subject field at all.")
CHECK(subject_mixed, CONTENT, 2.9, HINT_PHISHING,
      "its subject mixes letters of different scripts: %s",
      "A word of the subject mixes scripts in a way that honest words do not.")
CHECK(subject_invisible, CONTENT, 2.0, 0, "its subject holds characters that are not seen",
      "Zero-width characters or bidi controls inside the subject.")
CHECK(subject_fancy, CONTENT, 1.8, 0, "its subject is written in signs that only look like letters",
      "Five or more mathematical or enclosed letters (U+1D400, U+24B6 and others).")
CHECK(
    subject_names_mailbox, CONTENT, 1.4, 0,
    "its subject calls the recipient by the name of the mailbox: %s",
    "The recipient's local part stands in the subject as a word, outside lists and answers, and To "
    "does not show it as a name. Less when it is all letters: that may be a first name.")
CHECK(subject_emoji, CONTENT, 0.9, 0, "its subject is decorated with pictograms",
      "Pictograms in the subject; newsletters do it, too.")
CHECK(subject_shouts, CONTENT, 1.0, 0, "its subject shouts", "Nearly all letters are capitals.")
CHECK(subject_exclaims, CONTENT, 0.9, 0, "its subject holds !! or $$",
      "Several exclamation or dollar signs in a row.")
CHECK(subject_names_recipient, CONTENT, 2.1, HINT_PHISHING,
      "its subject holds the recipient's address",
      "The whole address of the recipient stands in the subject.")
CHECK(subject_fake_answer, CONTENT, 0.8, 0, "it looks like an answer, but answers nothing",
      "The subject begins with Re: or Fwd: but In-Reply-To and References are missing. Forwarding "
      "programs do it, too.")
CHECK(subject_brand, CONTENT, 0.9, HINT_PHISHING,
      "its subject names %s, its sender is somebody else",
      "A well-known name in the subject of mail of somebody else. Shops and news do it, too.")

/* link */
CHECK(link_shows_other, LINK, 1.6, HINT_PHISHING, "a link shows %s but leads elsewhere",
      "The text of a link is itself an address of another organisation than its target. "
      "Newsletters that count clicks hit it.")
CHECK(link_shows_sender, LINK, 0.3, 0,
      "a link shows the sender's place %s but goes through another",
      "The shown address is the sender's, the target somebody else's: usual for click counters.")
CHECK(link_ip, LINK, 2.3, HINT_PHISHING, "a link leads to a bare number: %s",
      "The host is an IP address.")
CHECK(link_userinfo, LINK, 2.6, HINT_PHISHING, "a link hides its target behind a user name: %s",
      "Something stands before an @ in the host part.")
CHECK(link_mixed, LINK, 3.3, HINT_PHISHING, "the name of a link's host mixes scripts: %s",
      "An internationalised host with a word that mixes scripts.")
CHECK(link_like_brand, LINK, 3.9, HINT_PHISHING,
      "the name of a link's host only looks like a well-known one: %s",
      "The host's own label has the same skeleton (UTS 39) as a well-known one without being it.")
CHECK(link_borrows_brand, LINK, 2.3, HINT_PHISHING,
      "the name of a link's host borrows a well-known one: %s",
      "A well-known name is part of the host, which is not that owner's.")
CHECK(link_shortened, LINK, 1.2, 0, "its links hide their targets behind a shortener",
      "A host of rules/hosts/shorteners.txt.")
CHECK(link_free_host, LINK, 1.3, HINT_PHISHING,
      "its links lead to a place where anybody can put pages",
      "A host of rules/hosts/freehosting.txt, outside lists.")
CHECK(link_free_image, LINK, 2.3, 0, "its pictures lie where anybody can put pictures",
      "Pictures from a host of rules/hosts/images.txt, outside lists.")
CHECK(link_deep_host, LINK, 0.4, 0, "the name of a link's host has very many parts: %s",
      "Six labels or more.")
CHECK(link_port, LINK, 0.7, 0, "a link uses an unusual port of %s", "Not 80, 443, 8080 or 8443.")
CHECK(link_hex, LINK, 0.5, 0, "a link to %s holds a very long number",
      "48 hexadecimal digits or more in a row in the path.")
CHECK(link_program, LINK, 1.0, HINT_MALWARE, "a link at %s leads to a program",
      "The path ends as programs, scripts or disk images do.")
CHECK(link_broken_into, LINK, 1.6, HINT_PHISHING,
      "a link leads into the inside of a site that may have been broken into: %s",
      "The path goes through folders of site software that are not meant for visitors.")
CHECK(link_fragment_recipient, LINK, 2.6, HINT_PHISHING,
      "a link to %s carries the recipient's address where only a script reads it",
      "The recipient's address stands behind the # of a link.")
CHECK(link_all_foreign, LINK, 0.8, 0, "none of its links leads to the sender",
      "HTML mail, not of a list, whose web links all lead to other organisations.")
CHECK(form_password, LINK, 3.3, HINT_PHISHING, "it holds a form that asks for a password, for %s",
      "A password field inside the mail.")
CHECK(form_foreign, LINK, 0.4, HINT_PHISHING, "it holds a form that sends what is typed to %s",
      "A form whose target is another organisation.")
CHECK(link_data, LINK, 0.7, 0, "a link holds a whole page in itself", "data: links.")
CHECK(link_script, LINK, 0.4, 0, "a link runs a script", "javascript: links.")

/* text */
CHECK(text_hidden, CONTENT, 1.6, 0, "it holds much text that is not shown",
      "More than 400 bytes of hidden text, more than half of what is shown.")
CHECK(text_zero_width, CONTENT, 1.6, 0, "its words are cut by characters that are not seen",
      "Three or more zero-width characters inside words. Newsletters use some for spacing.")
CHECK(text_mixed, CONTENT, 2.9, HINT_PHISHING, "its words mix letters of different scripts: %s",
      "Two such words or more.")
CHECK(text_image_only, CONTENT, 2.0, 0, "it is a picture with a link and hardly any text",
      "Less than 120 bytes of text.")
CHECK(text_link_only, CONTENT, 1.0, 0, "it is a link with hardly any text",
      "HTML with less than 40 bytes of text and a link.")
CHECK(text_html_only, CONTENT, 0.7, 0, "it is HTML without a plain text beside it",
      "Many honest programs do so, too.")
CHECK(text_disguised, CONTENT, 2.8, 0, "its words are disguised: %s",
      "Words that unwanted mail is full of (evidence/disguise.c), written so that people read them "
      "and "
      "filters do not: V1agra, Vlagra, v.i.a.g.r.a, Viarga. Less for a single one.")
CHECK(text_script, CONTENT, 0.5, 0, "it holds scripts",
      "script elements; mail programs ignore them.")
CHECK(text_refresh, CONTENT, 1.0, HINT_PHISHING, "it wants to jump to another page by itself",
      "meta refresh.")
CHECK(text_iframe, CONTENT, 0.3, 0, "it pulls in other pages", "iframe elements.")

/* scam */
CHECK(says_urgent, CONTENT, 0.9, 0, "it presses for time: %s", "Topic urgency of rules/phrases.")
CHECK(says_account, CONTENT, 1.8, HINT_PHISHING, "it speaks of a trouble with an account: %s",
      "Topic account.")
CHECK(says_credentials, CONTENT, 1.0, HINT_PHISHING, "it speaks of passwords or card numbers: %s",
      "Topic credentials.")
CHECK(says_parcel, CONTENT, 0.7, HINT_PHISHING, "it speaks of a parcel: %s", "Topic parcel.")
CHECK(says_seed, CONTENT, 2.0, HINT_PHISHING, "it speaks of a wallet's secret words: %s",
      "Topic seed.")
CHECK(says_gift_card, CONTENT, 1.0, HINT_SCAM, "it asks as those do who want gift cards: %s",
      "Topic gift_card.")
CHECK(says_bank_change, CONTENT, 1.8, HINT_SCAM, "it speaks of other bank details: %s",
      "Topic bank_change.")
CHECK(says_won, CONTENT, 1.3, HINT_SCAM, "it speaks of a prize or reward: %s", "Topic lottery.")
CHECK(says_coins, CONTENT, 1.6, HINT_SCAM, "it speaks of gains with coins: %s", "Topic crypto.")
CHECK(says_full, CONTENT, 0.7, HINT_PHISHING, "it speaks of a full mailbox or storage: %s",
      "Topic storage.")
CHECK(says_document, CONTENT, 0.9, HINT_PHISHING, "it speaks of a document that waits: %s",
      "Topic document.")
CHECK(says_dating, CONTENT, 1.7, 0, "it speaks of meetings: %s", "Topic dating.")
CHECK(says_miracle, CONTENT, 1.7, 0, "it speaks of cures: %s", "Topic miracle.")
CHECK(says_loan, CONTENT, 1.2, HINT_SCAM, "it speaks of easy money: %s", "Topic loan.")
CHECK(says_shares, CONTENT, 1.7, HINT_SCAM, "it speaks of shares that will rise: %s",
      "Topic shares. News for investors do so, too.")
CHECK(says_casino, CONTENT, 1.5, 0, "it speaks of games for money: %s", "Topic casino.")
CHECK(says_copies, CONTENT, 1.7, 0, "it speaks of copies, cheap licences or bought degrees: %s",
      "Topic copies.")
CHECK(says_outreach, CONTENT, 1.3, 0, "it offers places, visitors or addresses: %s",
      "Topic outreach. Agencies that one has hired do so, too.")
CHECK(scam_account, CONTENT, 2.0, HINT_PHISHING,
      "trouble with an account, hurry, and a link away from the sender: %s",
      "Topics account with urgency or credentials, and a link to another organisation.")
CHECK(scam_parcel_fee, CONTENT, 2.0, HINT_PHISHING,
      "a parcel, a fee, and a link away from the sender: %s",
      "Topics parcel and fee, and a link to another organisation.")
CHECK(scam_storage, CONTENT, 1.3, HINT_PHISHING,
      "a full mailbox, hurry, and a link away from the sender: %s",
      "Topics storage with urgency or account, and a link to another organisation.")
CHECK(scam_prize, CONTENT, 1.7, HINT_SCAM, "a prize, hurry, and a link away from the sender: %s",
      "Topic lottery with urgency or three times, and a link to another organisation.")
CHECK(scam_advance, CONTENT, 3.9, HINT_SCAM, "it tells the story of money that waits for help: %s",
      "Five phrases of topic advance, or three with a sum of millions, outside lists and answers.")
CHECK(scam_sextortion, CONTENT, 3.9, HINT_SCAM, "it threatens with a film of the recipient: %s",
      "Three phrases or more of topic sextortion.")
CHECK(scam_coin_address, CONTENT, 2.0, HINT_SCAM, "it holds a payment address for coins: %s",
      "The shape of a Bitcoin, Ethereum or Tron address, outside lists and answers.")
CHECK(scam_click, CONTENT, 1.6, HINT_PHISHING, "it presses for a click: %s",
      "What the four checks before look for, with links to the sender alone: an account in "
      "trouble, a "
      "parcel with a fee, a full mailbox, a prize.")
CHECK(scam_fee_first, CONTENT, 1.7, HINT_SCAM, "it promises money and wants some first: %s",
      "Topic fee with lottery, loan, crypto, shares, advance or dating, outside lists and answers.")
CHECK(scam_callback, CONTENT, 2.3, HINT_SCAM, "it bills for something and wants a call: %s",
      "Two phrases of topic callback, a telephone number, and a link at most.")
CHECK(scam_brand, CONTENT, 2.0, HINT_PHISHING, "under the name of %s it presses for a click",
      "A borrowed brand as sender, a topic that presses, and a foreign link.")
CHECK(transaction_code, CONTENT, -0.8, HINT_TRANSACTIONAL,
      "it brings a code that somebody waits for: %s",
      "Topic code, a number of 4 to 8 digits, short text, few links, no pressing topic.")
CHECK(transaction_order, CONTENT, -0.2, HINT_TRANSACTIONAL, "it is about an order or booking: %s",
      "Topic order without a pressing topic.")

/* attachment */
CHECK(attachment_is_message, ATTACHMENT, 1.0, 0,
      "it hardly says anything but to open what is attached: %s",
      "Less than 400 bytes of text, no link, one document or page attached, not an answer.")
CHECK(attachment_program, ATTACHMENT, 4.0, HINT_MALWARE, "a program is attached: %s",
      "By name or by its first bytes.")
CHECK(attachment_script, ATTACHMENT, 3.0, HINT_MALWARE,
      "a script that runs at a click is attached: %s", "By name.")
CHECK(attachment_shortcut, ATTACHMENT, 3.5, HINT_MALWARE, "a shortcut is attached: %s",
      "LNK and the like, by name or first bytes.")
CHECK(attachment_disk, ATTACHMENT, 2.5, HINT_MALWARE, "a disk image is attached: %s",
      "ISO, IMG, VHD.")
CHECK(attachment_macro, ATTACHMENT, 0.8, HINT_MALWARE,
      "an office file that can run programs is attached: %s",
      "Macro-capable types; offices send them, too.")
CHECK(attachment_two_endings, ATTACHMENT, 1.5, HINT_MALWARE, "an attachment's name ends twice: %s",
      "As in invoice.pdf.exe.")
CHECK(attachment_type_differs, ATTACHMENT, 1.5, HINT_MALWARE,
      "an attachment is not what its name says: %s", "First bytes against the name's ending.")
CHECK(attachment_name_turned, ATTACHMENT, 3.0, HINT_MALWARE,
      "an attachment's name is turned around by hidden controls: %s",
      "Bidi overrides in a file name.")
CHECK(attachment_html_password, ATTACHMENT, 3.0, HINT_PHISHING,
      "an attached page asks for a password: %s", "HTML file with a password field.")
CHECK(attachment_html_script, ATTACHMENT, 2.0, HINT_PHISHING,
      "an attached page runs a script or jumps away: %s", "HTML file with scripts or refresh.")
CHECK(attachment_html, ATTACHMENT, 0.7, 0, "a page is attached: %s", "HTML file.")
CHECK(attachment_svg_script, ATTACHMENT, 2.5, HINT_PHISHING,
      "an attached drawing runs a script: %s", "SVG with script.")
CHECK(attachment_zip_encrypted, ATTACHMENT, 1.0, HINT_MALWARE,
      "an attached archive is locked with a password", "Encrypted zip; offices do it, too.")
CHECK(attachment_zip_locked_program, ATTACHMENT, 4.0, HINT_MALWARE,
      "an attached archive holds a program and is locked, so that nobody on the way can look at it",
      "Encrypted zip with a program, script, shortcut or single page in it; instead of "
      "attachment_zip_encrypted, besides attachment_zip_program.")
CHECK(attachment_password_told, ATTACHMENT, 1.0, HINT_MALWARE,
      "the mail itself tells the password of the locked archive: %s",
      "A word for password in the text beside an encrypted zip. Such a lock keeps out nobody but "
      "who looks for harm on the way; some offices do it all the same.")
CHECK(attachment_zip_program, ATTACHMENT, 3.0, HINT_MALWARE,
      "an attached archive holds a program: %s",
      "Names in the list of a zip; less when it holds many files.")

/* mime */
CHECK(mime_hides_name, ATTACHMENT, 2.0, HINT_MALWARE,
      "an attachment's name is written so that programs read different ones: %s",
      "See the anomalies of names.")
CHECK(mime_ambiguous, CONTENT, 0.9, 0, "it can be read in different ways: %s",
      "Each such anomaly; 3.2 points at most together.")
CHECK(mime_limit, CONTENT, 0.0, 0, "it was not looked at in full: %s",
      "A limit was hit; a fact, no points.")

/* bulk */
CHECK(bulk_list, CONTENT, -0.5, HINT_BULK, "it came through a mailing list: %s",
      "List-Id with List-Post.")
CHECK(bulk_one_click, CONTENT, -0.4, HINT_BULK,
      "it is a bulk sending that one can leave with one click",
      "List-Unsubscribe with List-Unsubscribe-Post.")
CHECK(bulk_marked, CONTENT, -0.4, HINT_BULK, "it is a bulk sending and says so",
      "List-Unsubscribe, Precedence: bulk, Feedback-ID; a fact that decides the class.")
CHECK(personal_answer, CONTENT, -0.7, HINT_PERSONAL, "it answers other mail",
      "In-Reply-To with References.")

/* auth: not measured on mail, since the corpora carry no DNS; set by what each can prove */
CHECK(auth_dmarc_pass, AUTH, -0.3, 0, "the domain that it shows as its author's is proven: %s",
      "DMARC passes for every author domain that a mail program may show. Spammers prove their own "
      "domains, too.")
CHECK(auth_dmarc_reject, AUTH, 3.5, HINT_PHISHING,
      "its author's domain is not proven, and that domain asks to refuse such mail: %s",
      "DMARC fails, policy reject, and nothing excuses it; half behind a mailing list that proves "
      "itself. Forwarders and lists break DMARC; name them in trusted_forwarders, trusted_lists or "
      "trusted_sealers.")
CHECK(auth_dmarc_quarantine, AUTH, 2.0, HINT_PHISHING,
      "its author's domain is not proven, and that domain asks to set such mail aside: %s",
      "DMARC fails, policy quarantine (or reject in test mode), and nothing excuses it.")
CHECK(auth_dmarc_fail, AUTH, 0.6, 0, "its author's domain is not proven: %s",
      "DMARC fails, policy none.")
CHECK(auth_dmarc_excused, AUTH, 0.0, 0,
      "its author's domain is not proven, which is excused because of %s",
      "DMARC fails, but a trusted forwarder, list, sealer or the operator's dmarc_ignore stands "
      "for it; a fact, no points.")
CHECK(auth_dmarc_unclear, AUTH, 1.0, 0, "its author's domain cannot be checked: %s",
      "No author domain, too many, or one that DNS cannot carry.")
CHECK(auth_from_readings, AUTH, 2.6, HINT_PHISHING,
      "mail programs differ on who its author is; one may show %s",
      "The From field can be read in several ways (NUL bytes, encoded words with addresses, source "
      "routes, bare CR) that lead to different author domains.")
CHECK(auth_domain_missing, AUTH, 2.3, 0, "its author's domain does not exist: %s",
      "DNS says that there is no such name.")
CHECK(auth_spf_pass, AUTH, -0.1, 0, "the server that brought it may send for %s",
      "SPF passes for the envelope's sender. Everybody can have that for a domain of his own.")
CHECK(auth_spf_fail, AUTH, 1.2, 0, "the server that brought it may not send for %s",
      "SPF fails. Forwarders cause it; less when DMARC passes or a list brought it.")
CHECK(auth_spf_softfail, AUTH, 0.6, 0, "the server that brought it should not send for %s",
      "SPF softfail.")
CHECK(auth_spf_permerror, AUTH, 0.3, 0, "the list of servers that may send for %s is broken",
      "SPF permerror: the domain's record cannot be evaluated.")
CHECK(auth_spf_none, AUTH, 0.2, 0, "%s does not say which servers may send for it", "SPF none.")
CHECK(auth_helo_fail, AUTH, 0.6, 0, "the server that brought it is not the one it says it is: %s",
      "SPF fails for the HELO name.")
CHECK(auth_dkim_pass, AUTH, -0.2, 0, "it carries a good signature of %s",
      "DKIM passes over the whole body, whoever signed.")
CHECK(auth_dkim_fail, AUTH, 0.2, 0, "its signature does not fit: %s",
      "No DKIM signature is good and at least one is bad. Lists and gateways that change mail "
      "cause it; nothing outside lists only.")
CHECK(auth_dkim_grew, AUTH, 1.0, 0, "text was added behind what %s signed",
      "A DKIM signature with l= ends before the body does.")
CHECK(auth_nothing, AUTH, 0.7, 0, "nothing proves who sent it",
      "Neither SPF nor DKIM passes for any domain.")
CHECK(auth_arc_pass, AUTH, 0.0, 0, "a trusted forwarder vouches for its way: %s",
      "ARC passes and the newest sealer is one of trusted_sealers; a fact that may excuse DMARC.")
CHECK(auth_arc_fail, AUTH, 0.3, 0, "the seals of its way are broken", "ARC fails.")
CHECK(auth_own_forged, AUTH, 3.0, HINT_PHISHING,
      "it claims to come from this site itself, and nothing proves that: %s",
      "The author's domain is one of `domains`, the client is none of ours, and neither SPF nor "
      "DKIM proves it. Services that send in the site's name must sign or stand in SPF.")
CHECK(auth_brand_forged, AUTH, 2.0, HINT_PHISHING,
      "it uses the domain of %s, and nothing proves that",
      "The author's domain is that of a well-known name (rules/brands.txt), not proven.")
CHECK(own_domain_like, CONTENT, 3.9, HINT_PHISHING,
      "the sender's domain only looks like this site's own %s",
      "The same skeleton (UTS 39) as one of `domains`.")
CHECK(own_domain_near, CONTENT, 1.6, HINT_PHISHING,
      "the sender's domain is one letter off this site's own %s",
      "One letter more, less, other or changed in place against one of `domains`. Neighbours by "
      "chance may hit it.")
CHECK(own_name_address, CONTENT, 2.6, HINT_PHISHING,
      "the sender's name shows an address of this site, the mail is from elsewhere: %s",
      "The display name of From holds an address at one of `domains`, the author's address is "
      "foreign.")
CHECK(
    known_domain_like, CONTENT, 2.4, HINT_PHISHING,
    "the sender's domain only looks like that of somebody you write to: %s",
    "The same skeleton (UTS 39) as a domain to which the recipient wrote, and another domain. From "
    "mail that he sent after logging in; kept as hashes.")
CHECK(
    known_name_other, CONTENT, 0.8, HINT_PHISHING,
    "the sender has the name of somebody you write to, at another address",
    "The recipient wrote to somebody of this name at another address and never to this one. People "
    "have several addresses: it counts little, and nothing when the domain is proven and known.")
CHECK(reply_to_like_from, CONTENT, 2.6, HINT_PHISHING,
      "answers would go to a domain that only looks like the sender's: %s",
      "Reply-To has the same skeleton as From's domain without being it.")

/* carried */
CHECK(
    carried_spam, ATTACHMENT, 4.0, 0, "a message is attached to it that looks like spam: %s",
    "What more would be found if the attached message were the sender's own, up to the points set "
    "here; a third of them for multipart/report (complaints, bounces), which carry what they "
    "complain of. Files in attached messages count as any other.")

/* listed: points are for a mark; a note counts a quarter of them, holding more */
CHECK(listed_sender, LIST, 6.0, 0, "its sender is listed at this site: %s",
      "The author's domain or address stands on the desk's own listings (muster listing).")
CHECK(listed_link, LIST, 6.0, 0, "a link leads to what is listed at this site: %s",
      "A link or its domain stands on the desk's own listings.")
CHECK(listed_source, LIST, 6.0, 0, "the machine that sent it is listed at this site: %s",
      "The address or its network (no wider than /24 or /48) stands on the desk's own listings.")
