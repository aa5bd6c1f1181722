/* Titles of columns: TITLE(use, fact, titles), and words of values: VALUE(fact, word, values).
 * Titles and values are parted by "|" and compared folded: case, accents and punctuation do not
 * count. The facts' own names and words (fact_table.h) are known besides. */
#ifdef TITLE
TITLE(COLUMN_EMAIL, 0,
      "email|e-mail|mail|email address|e-mail address|e-mail-adresse|emailadresse|mailadresse|"
      "adresse e-mail|courriel|adresse mail|correo|correo electrónico|dirección de correo|e-mail cím|"
      "indirizzo email|e-mailadres|e-postadress|epost|sähköposti|adres e-mail|adres email|eposta|"
      "e-posta|endereço de e-mail|почта|электронная почта|эл. почта|ел. пошта|メール|メールアドレス|邮箱|"
      "电子邮件|이메일|דוא\"ל|البريد الإلكتروني|subscriber|recipient|to")
TITLE(COLUMN_NAME, 0, "name|full name|first name|last name|vorname|nachname|nom|prénom|nombre|"
      "apellido|cognome|naam|imię|nazwisko|имя|фамилия|氏名|姓名|이름")
TITLE(COLUMN_FACT, LAW_FACT_COUNTRY,
      "country|country code|countrycode|recipient country|nation|land|ländercode|länderkürzel|"
      "staat|pays|code pays|país|pais|paese|nazione|kraj|země|krajina|ország|țară|tara|zemlja|"
      "ülke|maa|riik|valstybė|valsts|страна|країна|държава|χώρα|מדינה|البلد|الدولة|国|国名|国家|國家|"
      "국가|ประเทศ|quốc gia|negara|nchi|iso|iso2|iso code|billing country|shipping country|lieferland")
TITLE(COLUMN_FACT, LAW_FACT_CONSENT,
      "consent|consent basis|legal basis|basis|permission|permission type|opt in|optin|opt-in|"
      "opt in status|subscription status|einwilligung|einwilligungsgrundlage|rechtsgrundlage|"
      "zustimmung|consentement|base légale|consentimiento|base legal|consentimento|consenso|"
      "toestemming|samtykke|samtycke|suostumus|zgoda|podstawa|souhlas|súhlas|hozzájárulás|"
      "consimțământ|privola|izin|onay|согласие|згода|съгласие|同意|동의|הסכמה|الموافقة|accepts marketing|"
      "email marketing consent|newsletter")
TITLE(COLUMN_FACT, LAW_FACT_CONSENT_DATE,
      "consent date|date of consent|opt in date|optin date|opt in time|optin time|opt-in date|"
      "consent timestamp|subscribed|subscribed at|subscription date|signup date|sign up date|"
      "confirmed at|confirm time|einwilligung am|einwilligungsdatum|datum der einwilligung|"
      "angemeldet am|anmeldedatum|date de consentement|date du consentement|inscrit le|"
      "date d'inscription|fecha de consentimiento|fecha de alta|data de consentimento|"
      "data consenso|data del consenso|data iscrizione|datum toestemming|data zgody|datum souhlasu|"
      "izin tarihi|onay tarihi|дата согласия|дата подписки|дата згоди|同意日|동의일")
TITLE(COLUMN_CUSTOMER_SINCE, 0,
      "customer since|client since|kunde seit|kundin seit|client depuis|cliente desde|"
      "cliente dal|klant sinds|kund sedan|kunde siden|klient od|zákazník od|müşteri tarihi|"
      "клиент с|клієнт з|date joined|member since")
TITLE(COLUMN_LAST_PURCHASE, 0,
      "last purchase|last order|last order date|last purchase date|purchase date|last sale|"
      "order date|letzter kauf|letzte bestellung|kaufdatum|bestelldatum|dernier achat|"
      "dernière commande|última compra|último pedido|fecha de compra|ultimo acquisto|ultimo ordine|"
      "laatste aankoop|laatste bestelling|senaste köp|siste kjøp|ostatni zakup|ostatnie zamówienie|"
      "poslední nákup|poslední objednávka|son alışveriş|последняя покупка|последний заказ|"
      "остання покупка|最終購入日|마지막 구매")
TITLE(COLUMN_INQUIRY, 0,
      "inquiry date|enquiry date|date of inquiry|last inquiry|anfrage am|anfragedatum|"
      "date de la demande|fecha de consulta|data richiesta|quote date|lead date")
TITLE(COLUMN_ZONE, 0,
      "time zone|timezone|tz|zeitzone|fuseau horaire|zona horaria|fuso horário|fuso orario|"
      "tijdzone|tidszon|strefa czasowa|часовой пояс|часовий пояс|utc offset|时区|時間帯")
TITLE(COLUMN_FACT, LAW_FACT_RECIPIENT,
      "recipient type|company or person|customer type|type|typ|art|tipo|typ zákazníka|client type|b2b|b2b/b2c|segment|"
      "kundentyp|kundenart|empfängertyp|firma oder person|type de client|tipo de cliente|"
      "tipo cliente|klanttype|typ klienta|typ zákazníka|тип клиента|тип клієнта")
TITLE(COLUMN_FACT, LAW_FACT_REFUSED,
      "refused|unsubscribed|opted out|opt out|optout|opt-out|do not mail|do not email|suppressed|"
      "abgemeldet|widerrufen|widerspruch|désabonné|desabonné|baja|dado de baja|descadastrado|"
      "disiscritto|afgemeld|avregistrerad|wypisany|odhlášen|отписан|відписаний")
TITLE(COLUMN_FACT, LAW_FACT_REFUSED_DATE,
      "refused date|unsubscribed at|unsubscribe date|opt out date|optout date|abgemeldet am|"
      "abmeldedatum|date de désabonnement|fecha de baja|data disiscrizione|дата отписки")
TITLE(COLUMN_FACT, LAW_FACT_CONSENT_PROOF,
      "proof|consent proof|proof of consent|evidence|consent record|nachweis|einwilligungsnachweis|"
      "preuve|preuve du consentement|prueba|prova|bewijs|dowód|důkaz|доказательство|receipt")
TITLE(COLUMN_FACT, LAW_FACT_CONSENT_CONFIRMED,
      "confirmed|double opt in|double optin|double opt-in|doi|doi confirmed|bestätigt|"
      "double opt-in bestätigt|confirmé|confirmado|confermato|bevestigd|potwierdzony|подтвержден")
TITLE(COLUMN_FACT, LAW_FACT_ADDRESS_SOURCE,
      "source|address source|lead source|origin|quelle|herkunft|adressquelle|origine|origen|"
      "origem|fonte|bron|źródło|zdroj|источник|джерело")
TITLE(COLUMN_FACT, LAW_FACT_REGISTER,
      "register|register check|do not contact register|robinson|robinsonliste|robinson list|"
      "registro|ret listesi")
TITLE(COLUMN_FACT, LAW_FACT_CONSENT_REGISTERED, "iys|iys kaydı|iys registered|consent registered")
TITLE(COLUMN_FACT, LAW_FACT_REFUSAL_OFFERED, "refusal offered|opt out offered|widerspruchshinweis")
TITLE(COLUMN_FACT, LAW_FACT_COLLECTED_IN_SALE, "collected in sale|collected at sale|beim kauf erhoben")
TITLE(COLUMN_FACT, LAW_FACT_OWN_SIMILAR, "own similar|similar products|ähnliche produkte")
#endif
#ifdef VALUE
VALUE(LAW_FACT_CONSENT, "express",
      "express|explicit|expressed|yes|y|true|1|opt in|optin|opt-in|opted in|subscribed|subscriber|ja|"
      "oui|si|sí|sim|tak|ano|da|да|так|evet|はい|同意|예|是|ausdrücklich|einwilligung|exprès|explicite|"
      "expreso|explícito|explicito|esplicito|uitdrukkelijk|consent|granted|x|newsletter")
VALUE(LAW_FACT_CONSENT, "express+confirmed", "double opt in|double optin|double opt-in|doi|confirmed opt in|coi|confirmed")
VALUE(LAW_FACT_CONSENT, "customer",
      "customer|existing customer|client|purchase|buyer|sale|soft opt in|soft opt-in|soft optin|"
      "kunde|kundin|bestandskunde|kauf|client existant|achat|cliente|compra|acquisto|klant|kund|"
      "asiakas|klient|zákazník|ügyfél|müşteri|клиент|клієнт|покупатель|顧客|客户|고객|implied purchase")
VALUE(LAW_FACT_CONSENT, "inquiry", "inquiry|enquiry|request|lead|quote|anfrage|demande|consulta|"
      "solicitud|richiesta|aanvraag|zapytanie|poptávka|запрос|запит")
VALUE(LAW_FACT_CONSENT, "member", "member|membership|donor|donation|volunteer|mitglied|spender|membre|"
      "donateur|miembro|donante|socio|donatore|lid|członek|darczyńca|člen|член")
VALUE(LAW_FACT_CONSENT, "relationship", "relationship|business relationship|partner|supplier|"
      "geschäftspartner|lieferant|partenaire|fournisseur|proveedor|fornitore")
VALUE(LAW_FACT_CONSENT, "published", "published|public|website|veröffentlicht|publié|publicado|pubblicato")
VALUE(LAW_FACT_CONSENT, "given", "given|business card|card|visitenkarte|carte de visite|tarjeta|fair")
VALUE(LAW_FACT_CONSENT, "none", "none|no|n|false|0|opt out|not subscribed|never|unsubscribed|nein|keine|"
      "non|aucun|ninguno|não|nenhum|nessuno|nee|geen|nie|brak|ne|нет|ні|hayır|yok|いいえ|否|아니오|without")
VALUE(LAW_FACT_RECIPIENT, "person", "person|consumer|private|individual|b2c|natural person|privat|"
      "privatperson|verbraucher|privatkunde|particulier|consommateur|personne|persona|particular|"
      "consumidor|pessoa|consumatore|privato|consument|osoba|osoba fyzická|физлицо|физическое лицо|"
      "個人|个人|개인|no|0|false")
VALUE(LAW_FACT_RECIPIENT, "company", "company|business|firm|organisation|organization|b2b|corporate|"
      "legal person|firma|unternehmen|geschäftskunde|gewerblich|entreprise|société|professionnel|"
      "empresa|negocio|azienda|impresa|bedrijf|zakelijk|företag|yritys|firma|podnik|cég|şirket|kurumsal|"
      "юрлицо|юридическое лицо|компания|компанія|法人|公司|会社|企業|기업|yes|1|true")
VALUE(LAW_FACT_RECIPIENT, "sole_trader", "sole trader|sole proprietor|freelancer|self employed|"
      "einzelunternehmer|selbständig|freiberufler|indépendant|auto-entrepreneur|autónomo|autonomo|"
      "libero professionista|zzp|jdg|živnostník|ип|фоп")
VALUE(LAW_FACT_RECIPIENT, "employee", "employee|named employee|work address|mitarbeiter|salarié|empleado|"
      "dipendente|werknemer|pracownik|zaměstnanec|сотрудник")
VALUE(LAW_FACT_RECIPIENT, "impersonal", "impersonal|role|role address|generic|info address|"
      "funktionsadresse|générique|genérico|generico")
VALUE(LAW_FACT_ADDRESS_SOURCE, "form", "form|web form|website form|signup|sign up|landing page|formular|"
      "formulaire|formulario|formulário|modulo|formulier|formularz|formulář|форма|event|popup")
VALUE(LAW_FACT_ADDRESS_SOURCE, "sale", "sale|shop|checkout|order|purchase|kauf|bestellung|achat|commande|"
      "venta|pedido|compra|vendita|ordine|aankoop|sprzedaż|заказ|pos")
VALUE(LAW_FACT_ADDRESS_SOURCE, "published", "published|public website|directory|yellow pages|verzeichnis|"
      "annuaire|directorio")
VALUE(LAW_FACT_ADDRESS_SOURCE, "bought", "bought|purchased list|rented|list broker|gekauft|gemietet|"
      "acheté|comprado|comprada|acquistato|gekocht|kupiony|куплен")
VALUE(LAW_FACT_ADDRESS_SOURCE, "harvested", "harvested|scraped|crawled|collected from the web")
VALUE(LAW_FACT_ADDRESS_SOURCE, "generated", "generated|guessed|dictionary")
VALUE(LAW_FACT_REGISTER, "clear", "clear|not listed|checked|ok|no|free|nein|non")
VALUE(LAW_FACT_REGISTER, "listed", "listed|blocked|yes|ja|oui")
VALUE(LAW_FACT_REGISTER, "not_checked", "not checked|unchecked|unknown")
#endif
