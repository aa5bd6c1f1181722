/* Words by which a message shows what it is, language by language. One row:
 *
 *   LANGUAGE(code, frequent small words, ways out, statements that it is advertising,
 *            words of selling, names of the page that says who the sender is)
 *
 * Lists are parted by "|"; "~" behind a word takes any word that begins so. Words are folded as
 * texts are (lower case, accents off), so accents here are for the reader. Frequent small words
 * tell languages apart; they are not needed for languages with a script of their own.
 */
LANGUAGE("en",
         "the|and|to|of|you|for|your|with|this|that|is|are|we|our|from|have|will|not|be|if|can|"
         "it|on|or|by",
         "unsubscribe~|opt out|opt-out|stop receiving|manage your subscription|manage preferences|"
         "email preferences|remove me|no longer wish to receive|cancel your subscription|"
         "do not wish to receive|don't want to receive|reply stop|leave this list|update your preferences",
         "advertisement|this is an advertisement|advertising|promotional message|"
         "promotional email|marketing message|commercial message|sponsored|paid promotion",
         "sale|discount~|off your|buy now|order now|shop now|special offer|free shipping|"
         "coupon|voucher|limited offer|save up to|deal~|on sale|add to cart|price~|our shop|"
         "new collection|best price|book now|offer ends|offers",
         "imprint|legal notice|contact us|about us|privacy policy|company information")
LANGUAGE("de",
         "der|die|das|und|ist|nicht|sie|ihre|ihr|ihnen|wir|für|mit|von|auf|ein|eine|zu|den|im|"
         "werden|haben|auch|uns|bei|oder|wenn",
         "abmelden|abbestellen|austragen|abmeldung|abbestellung|newsletter kündigen|"
         "keine weiteren e-mails|keine e-mails mehr|nicht mehr erhalten|widerrufen|abmeldelink|"
         "vom newsletter ab",
         "anzeige|werbung|werbemail|werbliche|dies ist werbung|werbe-e-mail|newsletter mit angeboten",
         "angebot~|rabatt~|jetzt kaufen|jetzt bestellen|gutschein~|sonderangebot~|versandkostenfrei|"
         "sparen sie|preis~|aktion|schnäppchen|im shop|warenkorb|ausverkauf|prozent|neue kollektion|"
         "kaufen sie|bestellen sie",
         "impressum|anbieterkennzeichnung|kontakt|datenschutz~|über uns")
LANGUAGE("fr",
         "le|la|les|des|et|vous|nous|votre|vos|pour|dans|est|une|un|du|sur|avec|que|qui|pas|au|"
         "ce|cette|plus|ou|par|notre|nos",
         "désabonner|désinscrire|se désabonner|me désabonner|désinscription|désabonnement|"
         "ne plus recevoir|vous désinscrire|se désinscrire|gérer vos préférences",
         "publicité|message publicitaire|ceci est une publicité|annonce publicitaire|"
         "communication commerciale|offre commerciale|pub",
         "soldes|promotion~|promo|remise~|réduction~|achetez|commandez|offre~|livraison gratuite|"
         "code promo|prix|profitez|boutique|panier|en solde|nouvelle collection|bon de réduction",
         "mentions légales|contactez-nous|nous contacter|qui sommes-nous|confidentialité")
LANGUAGE("es",
         "el|la|los|las|de|que|y|en|un|una|para|con|por|su|sus|usted|es|no|se|del|al|tu|nuestra|"
         "nuestro|más|como|si|le|te",
         "darse de baja|darte de baja|dar de baja|cancelar suscripción|cancelar la suscripción|"
         "cancelar tu suscripción|desuscribir~|anular suscripción|dejar de recibir|no desea recibir|"
         "no deseas recibir|date de baja|baja de esta lista|cancelar su suscripción",
         "publicidad|publi|anuncio|mensaje publicitario|comunicación comercial|esto es publicidad",
         "oferta~|descuento~|rebajas|compra ahora|comprar|envío gratis|cupón|promoción~|precio~|"
         "ahorra~|tienda|compre|pedido ya|aprovecha~|carrito|nueva colección",
         "aviso legal|contacto|quiénes somos|política de privacidad")
LANGUAGE("pt",
         "o|a|os|as|de|que|e|em|um|uma|para|com|por|seu|sua|você|não|do|da|dos|das|no|na|se|mais|"
         "nosso|nossa|ao|são",
         "cancelar inscrição|cancelar a inscrição|cancelar subscrição|descadastr~|remover meu e-mail|"
         "não deseja receber|deixar de receber|sair da lista|anular subscrição|cancelar assinatura|"
         "cancelar a sua inscrição|cancelar sua inscrição",
         "publicidade|anúncio|mensagem publicitária|mensagem promocional|comunicação comercial",
         "oferta~|desconto~|promoção|promoções|compre|comprar|frete grátis|cupom|cupão|preço~|"
         "aproveite|loja|carrinho|economize|nova coleção|envio grátis",
         "aviso legal|contato|contacto|contactos|sobre nós|política de privacidade|fale conosco")
LANGUAGE("it",
         "il|la|i|gli|le|di|che|e|in|un|una|per|con|su|non|è|si|del|della|dei|delle|al|da|ti|vi|"
         "nostro|nostra|più|suo|tuo|sono",
         "disiscriv~|cancellati|cancella iscrizione|cancellare l'iscrizione|cancellarti|"
         "annulla iscrizione|annullare l'iscrizione|non desideri più ricevere|"
         "non ricevere più|disiscrizione|revoca il consenso|cancellazione dalla newsletter",
         "pubblicità|messaggio pubblicitario|messaggio promozionale|comunicazione commerciale|"
         "annuncio pubblicitario",
         "offert~|sconto|sconti|saldi|acquista~|compra ora|ordina ora|spedizione gratuita|"
         "promozion~|prezz~|approfitt~|negozio|carrello|nuova collezione|buono sconto",
         "note legali|contatti|chi siamo|informativa sulla privacy")
LANGUAGE("nl",
         "de|het|een|en|van|in|is|op|te|dat|die|voor|met|zijn|uw|je|wij|we|niet|aan|ook|als|bij|"
         "onze|om|u|jouw|of|naar",
         "uitschrijven|afmelden|schrijf je uit|schrijf u uit|uitschrijflink|geen e-mails meer|"
         "niet langer ontvangen|niet meer ontvangen|meld je af|meld u af|opzeggen",
         "advertentie|reclame|reclamebericht|dit is reclame|gesponsord",
         "aanbieding~|korting~|koop nu|bestel nu|gratis verzending|actie|prijs~|prijzen|uitverkoop|"
         "shop nu|kortingscode|winkelwagen|webshop|bespaar|nieuwe collectie",
         "colofon|contact|over ons|privacybeleid|privacyverklaring")
LANGUAGE("da",
         "og|i|at|det|er|en|til|på|for|med|af|de|du|din|dit|dine|vi|vores|ikke|har|kan|som|den|"
         "et|hos|os|også",
         "afmeld~|afmelde|frameld~|meld dig fra|ikke længere modtage|afmelding|opsige",
         "reklame|annonce|markedsføring|dette er reklame",
         "tilbud|rabat~|køb nu|bestil nu|gratis fragt|pris~|udsalg|spar|kupon|webshop|butik|kurv|"
         "ny kollektion",
         "kontakt|om os|privatlivspolitik|juridisk")
LANGUAGE("sv",
         "och|i|att|det|är|en|till|på|för|med|av|de|du|din|ditt|dina|vi|vår|våra|inte|har|kan|"
         "som|den|ett|hos|oss|också|eller",
         "avregistrera~|avsluta prenumeration~|avprenumerera|avanmäl~|inte längre få|"
         "säga upp prenumeration~|avbeställ~",
         "annons|reklam|marknadsföring|detta är reklam",
         "erbjudande~|rabatt~|köp nu|beställ nu|fri frakt|pris~|rea|spara|kupong|webbutik|butik|"
         "varukorg|ny kollektion",
         "kontakt|kontakta oss|om oss|integritetspolicy")
LANGUAGE("nb",
         "og|i|at|det|er|en|til|på|for|med|av|de|du|din|ditt|dine|vi|vår|våre|ikke|har|kan|som|"
         "den|et|hos|oss|også|eller|deg",
         "avmeld~|meld deg av|meld av|ikke lenger motta|si opp abonnement~|avslutt abonnement~",
         "annonse|reklame|markedsføring|dette er reklame",
         "tilbud|rabatt~|kjøp nå|bestill nå|gratis frakt|pris~|salg|spar|kupong|nettbutikk|butikk|"
         "handlekurv|ny kolleksjon",
         "kontakt|kontakt oss|om oss|personvern")
LANGUAGE("fi",
         "ja|on|ei|se|että|voit|kun|niin|myös|tai|ovat|sinun|meidän|tämä|jos|kanssa|mutta|nyt|"
         "saat|kaikki|mukaan|olet|sekä",
         "peruuta tilaus|peruuttaa tilauks~|lopeta tilaus|peru uutiskirje~|poistu listalta|"
         "poistua listalta|et halua enää|peruuttaa uutiskirje~|lopettaa tilauks~",
         "mainos|mainosviesti|kaupallinen viesti|tämä on mainos",
         "tarjous|tarjoukset|alennu~|osta nyt|tilaa nyt|ilmainen toimitus|hinta~|hinnat|ale|säästä|"
         "kuponki|verkkokauppa|ostoskori|uusi mallisto",
         "yhteystiedot|ota yhteyttä|tietoa meistä|tietosuoja~")
LANGUAGE("is",
         "og|að|er|sem|til|við|ekki|fyrir|það|með|um|af|þú|þinn|okkar|hjá|eða|þetta|frá|ykkur",
         "afskrá~|skrá mig af|hætta áskrift", "auglýsing~", "tilboð|afsláttur|kaupa|verð|útsala|"
         "frí heimsending",
         "hafðu samband|um okkur")
LANGUAGE("pl",
         "i|w|na|z|do|się|nie|że|jest|to|dla|od|oraz|przez|po|jak|twoje|twój|państwa|nasz|nasze|"
         "za|lub|są|aby|o",
         "wypisz~|wypisać się|rezygnuj~|zrezygnować|anuluj subskrypcj~|anulować subskrypcj~|"
         "nie chcesz otrzymywać|wycofać zgodę|rezygnacj~|wyrejestruj~",
         "reklama|informacja handlowa|treść reklamowa|materiał reklamowy|ogłoszenie płatne",
         "oferta|oferty|promocj~|rabat~|zniżk~|kup teraz|kupuj|zamów teraz|darmowa dostawa|cena|"
         "ceny|wyprzedaż|oszczędź|sklep~|koszyk|kod rabatowy",
         "kontakt|o nas|nota prawna|polityka prywatności|dane firmy")
LANGUAGE("cs",
         "a|v|na|se|je|že|do|pro|si|od|ve|nebo|jako|vám|vás|váš|vaše|naše|jsme|po|za|ale|jsou|"
         "také|který|které|jste|jak|děkujeme|když|při|nebo|jen|být",
         "odhlásit|odhlášení|odhlaste|zrušit odběr|zrušení odběru|nechcete dostávat|"
         "nepřejete si dostávat|odhlašte",
         "obchodní sdělení|reklama|reklamní sdělení|inzerce",
         "nabídk~|sleva|slevy|slevov~|akce|kupte|koupit|objednejte|doprava zdarma|cena|ceny|"
         "výprodej|ušetřete|e-shop~|eshop~|košík~|kupón",
         "kontakt|kontakty|o nás|provozovatel|ochrana osobních údajů")
LANGUAGE("sk",
         "a|v|na|sa|je|že|do|pre|si|od|vo|alebo|ako|vám|vás|váš|vaše|naše|sme|po|za|ale|sú|tiež|"
         "ktorý|ktoré|ste|ďakujeme|keď|pri|len|byť",
         "odhlásiť|odhlásenie|odhláste|zrušiť odber|zrušenie odberu|neželáte si dostávať",
         "reklama|reklamné oznámenie|obchodné oznámenie|inzercia",
         "ponuk~|zľava|zľavy|akcia|kúpte|kúpiť|objednajte|doprava zadarmo|cena|ceny|výpredaj|"
         "ušetrite|e-shop~|eshop~|košík~",
         "kontakt|kontakty|o nás|prevádzkovateľ|ochrana osobných údajov")
LANGUAGE("hu",
         "a|az|és|hogy|nem|is|egy|ha|meg|vagy|van|ön|önnek|kell|minden|csak|már|mint|még|ezt|"
         "akkor|önök|lesz",
         "leiratkoz~|hírlevélről|lemondás|lemondhat~|nem kíván több|iratkozzon le",
         "hirdetés|reklám|reklámüzenet|ez egy hirdetés",
         "ajánlat~|akció~|kedvezmény~|vásárol~|rendelj~|rendeljen|ingyenes szállítás|ár~|kupon|"
         "leárazás|webshop~|webáruház~|kosár~|spóroljon",
         "kapcsolat|rólunk|impresszum|adatvédelm~")
LANGUAGE("ro",
         "și|de|la|în|cu|pe|nu|este|un|o|pentru|din|să|care|mai|vă|dumneavoastră|sau|prin|ne|"
         "sunt|noastre|noastră|acest|al",
         "dezabon~|dezabonare|nu mai doriți|nu mai vreau|renunța la abonare|anulează abonarea",
         "publicitate|reclamă|mesaj publicitar|comunicare comercială|anunț publicitar",
         "ofert~|reducere|reduceri|cumpără|cumpărați|comandă acum|livrare gratuită|preț~|promoți~|"
         "voucher|magazin~|coș~|economisește",
         "contact|despre noi|termeni și condiții|confidențialitate")
LANGUAGE("hr",
         "i|u|na|se|je|da|za|od|su|s|ne|ili|kao|vam|vas|vaš|vaše|naše|smo|po|ali|sve|koji|koje|"
         "ako|možete",
         "odjav~|otkažite pretplatu|otkaži pretplatu|ne želite primati|ne želite više primati",
         "oglas|reklama|promidžba|promotivna poruka|komercijalna poruka",
         "ponud~|popust~|akcija|kupi|kupite|naruči~|besplatna dostava|cijena|cijene|rasprodaja|"
         "uštedite|trgovin~|košaric~|kupon",
         "kontakt|o nama|impressum|zaštita podataka")
LANGUAGE("sl",
         "in|v|na|se|je|da|za|od|so|z|ne|ali|kot|vam|vas|vaš|vaše|naše|smo|po|tudi|vse|ki|če|"
         "lahko|pri",
         "odjav~|odjavite|prekliči naročnino|ne želite več prejemati",
         "oglas|reklama|oglasno sporočilo|komercialno sporočilo",
         "ponudb~|popust~|akcija|kupi|kupite|naroči~|brezplačna dostava|cena|cene|razprodaja|"
         "prihranite|trgovin~|košaric~",
         "kontakt|o nas|pravno obvestilo|varstvo podatkov")
LANGUAGE("et",
         "ja|on|ei|see|et|kui|või|ka|meie|teie|oma|kõik|mis|saab|aga|siis|sinu|oled|ning|kas|"
         "saate|need",
         "loobu~|tühista tellimus|lõpeta tellimus|ei soovi enam|uudiskirjast", "reklaam|kuulutus",
         "pakkumi~|soodus~|allahindlus~|osta|telli|tasuta kohaletoimetamine|hind|hinnad|e-pood~|ostukorv~",
         "kontakt|meist|privaatsus~")
LANGUAGE("lv",
         "un|ir|uz|ar|no|par|lai|vai|kas|jūsu|mūsu|tas|kā|arī|nav|jums|pēc|šo|mēs|jūs|pie|visu",
         "atrakst~|atteikties|atcelt abonement~|nevēlaties saņemt", "reklāma|sludinājums",
         "piedāvājum~|atlaid~|pirkt|pērc|pasūt~|bezmaksas piegāde|cena|cenas|izpārdošana|akcija|grozs",
         "kontakti|par mums|privātuma")
LANGUAGE("lt",
         "ir|yra|kad|su|jūsų|mūsų|iš|už|apie|tai|kaip|bei|ar|per|jums|mes|jūs|nuo|dėl|visi|taip|"
         "gali|arba",
         "atsisakyti|atsisakau|prenumeratos|nebenorite gauti|atšaukti prenumeratą",
         "reklama|reklaminis pranešimas|skelbimas",
         "pasiūlym~|nuolaid~|pirkite|pirk|užsakykite|nemokamas pristatymas|kaina|kainos|akcija|"
         "išpardavimas|krepšel~",
         "kontaktai|apie mus|privatumo")
LANGUAGE("tr",
         "ve|bir|bu|için|ile|da|de|çok|olarak|daha|sizin|size|en|ya|veya|gibi|olan|kadar|var|"
         "ne|tüm|her|siz|biz",
         "abonelikten çık~|abonelikten ayrıl~|listeden çık~|üyelikten çık~|almak istemiyor~|"
         "aboneliği iptal|aboneliğinizi iptal|bülten aboneliği|iletişim izni~|ret hakkı|reddet~",
         "reklam|ilan|ticari elektronik ileti|tanıtım iletisi|bu bir reklamdır",
         "indirim~|kampanya~|fırsat~|satın al|sipariş ver|ücretsiz kargo|fiyat~|kupon|sepet~|"
         "alışveriş|mağaza~|yeni sezon",
         "iletişim|hakkımızda|künye|gizlilik|mersis")
LANGUAGE("id",
         "dan|yang|di|untuk|dengan|anda|ini|dari|kami|tidak|ke|pada|adalah|atau|akan|kamu|itu|"
         "dapat|bisa|juga|sudah|jika|lebih|oleh|biaya|karena|saat|barang",
         "berhenti berlangganan|batal berlangganan|berhenti langganan|tidak ingin menerima|"
         "batalkan langganan",
         "iklan|pesan promosi|ini adalah iklan|promosi berbayar",
         "diskon|promo|promosi|beli sekarang|belanja|pesan sekarang|gratis ongkir|harga|penawaran|"
         "voucher|kupon|hemat|toko|keranjang",
         "hubungi kami|tentang kami|kebijakan privasi|kontak")
LANGUAGE("ms",
         "dan|yang|di|untuk|dengan|anda|ini|dari|kami|tidak|ke|pada|adalah|atau|akan|itu|boleh|"
         "juga|telah|jika|lebih|oleh|kepada|serta",
         "berhenti melanggan|nyahlanggan|henti langganan|tidak mahu menerima|batal langganan",
         "iklan|mesej promosi|ini adalah iklan|pengiklanan",
         "diskaun|promosi|beli sekarang|beli-belah|tempah sekarang|penghantaran percuma|harga|"
         "tawaran|baucar|jimat|kedai|jualan",
         "hubungi kami|tentang kami|dasar privasi")
LANGUAGE("vi",
         "và|của|là|cho|các|với|được|bạn|có|không|một|trong|này|những|khi|đến|để|tại|từ|chúng|"
         "quý|khách|sẽ",
         "hủy đăng ký|huỷ đăng ký|ngừng đăng ký|từ chối nhận|không muốn nhận|hủy nhận tin|"
         "ngừng nhận|từ chối quảng cáo",
         "quảng cáo|qc|tin quảng cáo|thư quảng cáo",
         "khuyến mãi|khuyến mại|giảm giá|mua ngay|đặt hàng|miễn phí vận chuyển|giá|ưu đãi|"
         "phiếu quà tặng|cửa hàng|giỏ hàng|tiết kiệm",
         "liên hệ|về chúng tôi|chính sách bảo mật|thông tin công ty")
LANGUAGE("tl",
         "ang|ng|sa|na|at|mga|para|ay|ito|ka|mo|iyong|namin|kami|ninyo|inyong|kung|o|hindi|po|"
         "may|lahat",
         "mag-unsubscribe|itigil ang|huwag nang tumanggap", "patalastas|anunsyo",
         "diskwento|bumili|bilhin|presyo|libreng pagpapadala|alok|mamili", "makipag-ugnayan")
LANGUAGE("sw",
         "na|ya|kwa|wa|ni|la|za|katika|hii|yako|wako|kama|au|cha|si|pia|kutoka|sisi|wewe|yetu|"
         "zetu|hiyo|ili|vya",
         "jiondoe|kujiondoa|jiondoe kwenye orodha|acha kupokea|kuacha kupokea|sitisha usajili",
         "tangazo|hili ni tangazo|matangazo|ujumbe wa matangazo",
         "punguzo|ofa|nunua|nunua sasa|agiza|bei|bure|duka|uuzaji|okoa", "wasiliana nasi|kuhusu sisi|"
         "mawasiliano|faragha")
LANGUAGE("af",
         "die|en|van|is|in|nie|jou|jy|ons|vir|met|het|dat|op|te|sal|kan|hierdie|om|of|wat|u|by|"
         "ook|word|aan",
         "teken uit|uitteken|staak intekening|nie meer ontvang|kanselleer jou intekening|"
         "meld af|afmeld",
         "advertensie|reklame|bemarkingsboodskap",
         "aanbieding~|afslag|koop nou|bestel nou|gratis aflewering|prys~|uitverkoping|spesiale|winkel~",
         "kontak ons|oor ons|privaatheidsbeleid|kontak")
LANGUAGE("zu",
         "ukuthi|futhi|noma|kanye|wena|thina|lokhu|yakho|wakho|kakhulu|nge|uma|ukuze|lapha",
         "yeka ukuthola|zikhiphe|khansela ukubhalisa|ukuzikhipha", "isikhangiso|ukukhangisa",
         "isaphulelo|thenga|intengo|ukuthengisa|mahhala", "xhumana nathi|mayelana nathi")
LANGUAGE("ru",
         "и|в|не|на|с|что|вы|для|по|вас|вам|мы|это|как|от|из|или|ваш|ваши|наш|если|все|при|так|до",
         "отписаться|отписки|отписка|отказаться от рассылки|отказаться от получения|"
         "отменить подписку|не хотите получать|не желаете получать|отпишитесь",
         "реклама|на правах рекламы|рекламное сообщение|рекламная рассылка",
         "скидк~|акци~|распродаж~|купить|купите|закажите|заказать|бесплатная доставка|цена|цены|"
         "предложени~|промокод|выгодн~|магазин~|корзин~",
         "контакты|о компании|о нас|реквизиты|правовая информация")
LANGUAGE("uk",
         "і|в|не|на|з|що|ви|для|та|вас|вам|ми|це|як|від|або|ваш|ваші|наш|якщо|всі|при|до|є|й|про|за",
         "відписатися|відписатись|відписка|скасувати підписку|відмовитися від розсилки|"
         "не бажаєте отримувати|відмовитись від",
         "реклама|рекламне повідомлення|на правах реклами",
         "знижк~|акці~|розпродаж~|купити|купуйте|замовити|замовляйте|безкоштовна доставка|ціна|ціни|"
         "пропозиці~|промокод|магазин~|кошик~",
         "контакти|про нас|про компанію|реквізити")
LANGUAGE("bg",
         "и|на|за|се|да|от|с|не|са|в|по|ви|вас|че|или|ще|към|вашия|вашата|нашия|най|това|при|как",
         "отпиш~|отписване|отпишете|прекратяване на абонамент~|не желаете да получавате|"
         "отказ от абонамент",
         "реклама|рекламно съобщение|търговско съобщение|непоискано търговско съобщение",
         "отстъпк~|промоци~|купете|купи|поръчай~|безплатна доставка|цена|цени|оферт~|разпродажба|"
         "магазин~|количк~|спестете",
         "контакти|за нас|правна информация|поверителност")
LANGUAGE("sr",
         "и|у|на|се|је|да|за|од|су|са|не|или|као|вам|вас|ваш|ваше|наше|смо|по|али|све|који|које|ако",
         "одјав~|откажите претплату|не желите да примате", "оглас|реклама|рекламна порука",
         "понуд~|попуст~|акција|купите|наручите|бесплатна достава|цена|цене|распродаја|продавниц~",
         "контакт|о нама")
LANGUAGE("kk",
         "және|мен|үшін|бұл|сіз|біз|бар|немесе|деп|біздің|сіздің|сізге|туралы|бойынша|ең|де|да",
         "жазылудан бас тарту|бас тарту|жазылымды тоқтату|жазылымнан шығу", "жарнама",
         "жеңілдік~|акция|сатып ал~|тапсырыс|тегін жеткізу|баға~|ұсыныс~|дүкен~", "байланыс|біз туралы")
LANGUAGE("el", "", "διαγραφή|απεγγραφή|κατάργηση εγγραφής|να μη λαμβάνετε|διακοπή εγγραφής|"
         "διαγραφείτε|απεγγραφείτε",
         "διαφήμιση|διαφημιστικό μήνυμα|εμπορική επικοινωνία",
         "προσφορ~|έκπτωση|εκπτώσεις|αγοράστε|αγορά|παραγγείλτε|δωρεάν αποστολή|τιμή|τιμές|"
         "κατάστημα|καλάθι|κουπόνι",
         "επικοινωνία|σχετικά με εμάς|όροι χρήσης|προσωπικά δεδομένα")
LANGUAGE("he", "", "הסרה|להסרה|הסר|להסיר|ביטול רישום|הסרה מרשימת|לביטול|הפסקת קבלת|"
         "להסרה מרשימת התפוצה|הסירו אותי",
         "פרסומת|דבר פרסומת|מודעה",
         "מבצע|מבצעים|הנחה|הנחות|קנו|לקנייה|הזמינו|משלוח חינם|מחיר|מחירים|קופון|חנות|סייל|לרכישה",
         "צור קשר|צרו קשר|אודות|מדיניות פרטיות|תקנון")
LANGUAGE("ar", "في|من|على|إلى|هذا|هذه|أن|التي|الذي|عن|مع|أو|لا|لكم|لك|كل|نحن|ما|تم|قد|كما|بعد",
         "إلغاء الاشتراك|الغاء الاشتراك|لإلغاء الاشتراك|إيقاف الاشتراك|عدم استلام|"
         "التوقف عن استلام|إلغاء اشتراكك|لا ترغب في تلقي",
         "إعلان|اعلان|رسالة إعلانية|رسالة ترويجية|هذا إعلان|دعاية",
         "عرض|عروض|خصم|خصومات|تخفيضات|اشتر الآن|تسوق|اطلب الآن|شحن مجاني|توصيل مجاني|سعر|أسعار|"
         "قسيمة|متجر|وفر",
         "اتصل بنا|تواصل معنا|من نحن|سياسة الخصوصية")
LANGUAGE("fa", "که|را|از|به|در|این|است|با|برای|شما|آن|ما|می|خود|تا|بر|های|هم|کنید|شده|یا",
         "لغو اشتراک|لغو عضویت|انصراف از دریافت|حذف از فهرست", "آگهی|تبلیغات|تبلیغ|پیام تبلیغاتی",
         "تخفیف|حراج|خرید|سفارش|ارسال رایگان|قیمت|پیشنهاد ویژه|فروشگاه|فروش ویژه",
         "تماس با ما|درباره ما|حریم خصوصی")
LANGUAGE("ur", "کے|کی|کا|ہے|اور|میں|سے|کو|پر|ہیں|آپ|یہ|نے|کر|بھی|کہ|ہم|اس|لیے",
         "ان سبسکرائب|رکنیت ختم|رکنیت منسوخ|وصول نہیں کرنا", "اشتہار|تشہیری پیغام",
         "رعایت|سیل|خریدیں|آرڈر|مفت ترسیل|قیمت|پیشکش|دکان", "رابطہ کریں|ہمارے بارے میں")
LANGUAGE("hi", "", "सदस्यता समाप्त|सदस्यता रद्द|अनसब्सक्राइब|सूची से हटाएं|प्राप्त नहीं करना चाहते|"
         "सदस्यता छोड़ें",
         "विज्ञापन|यह एक विज्ञापन है|प्रचार संदेश",
         "छूट|ऑफर|सेल|खरीदें|अभी खरीदें|ऑर्डर|मुफ्त डिलीवरी|कीमत|मूल्य|दुकान|बचत|कूपन",
         "संपर्क करें|हमारे बारे में|गोपनीयता नीति|संपर्क")
LANGUAGE("bn", "", "আনসাবস্ক্রাইব|সদস্যতা বাতিল|তালিকা থেকে বাদ|পেতে না চাইলে|সাবস্ক্রিপশন বাতিল",
         "বিজ্ঞাপন|প্রচারমূলক বার্তা", "ছাড়|অফার|কিনুন|এখনই কিনুন|অর্ডার|ফ্রি ডেলিভারি|মূল্য|দাম|দোকান",
         "যোগাযোগ|আমাদের সম্পর্কে|গোপনীয়তা")
LANGUAGE("ta", "", "குழுவிலக|சந்தாவை ரத்து|சந்தா விலக|பெற விரும்பவில்லை", "விளம்பரம்",
         "தள்ளுபடி|சலுகை|வாங்க|இப்போதே வாங்க|இலவச விநியோகம்|விலை|கடை", "தொடர்பு|எங்களை பற்றி")
LANGUAGE("si", "", "දායකත්වය අවලංගු|ලැයිස්තුවෙන් ඉවත්", "දැන්වීම|ප්‍රචාරණ", "වට්ටම්|දීමනා|මිලදී|මිල",
         "අමතන්න|අප ගැන")
LANGUAGE("ne", "", "सदस्यता त्याग्नुहोस्|सूचीबाट हटाउनुहोस्", "विज्ञापन", "छुट|किन्नुहोस्|मूल्य",
         "सम्पर्क")
LANGUAGE("th", "", "ยกเลิกการรับ|ยกเลิกการสมัคร|ยกเลิกรับข่าวสาร|ไม่ต้องการรับ|เลิกรับ|ยกเลิกการติดตาม",
         "โฆษณา|ข้อความโฆษณา|ข้อความส่งเสริมการขาย|สื่อโฆษณา",
         "ส่วนลด|โปรโมชั่น|ลดราคา|ซื้อเลย|สั่งซื้อ|ส่งฟรี|ราคา|ข้อเสนอ|คูปอง|ร้านค้า|ตะกร้า",
         "ติดต่อเรา|เกี่ยวกับเรา|นโยบายความเป็นส่วนตัว")
LANGUAGE("ko", "", "수신거부|수신 거부|구독 취소|구독취소|구독 해지|수신동의 철회|수신을 원하지 않|무료수신거부",
         "광고|광고성 정보|홍보",
         "할인|세일|구매하기|지금 구매|주문|무료배송|무료 배송|가격|특가|쿠폰|이벤트|쇼핑|장바구니",
         "회사소개|문의|고객센터|개인정보처리방침|사업자등록번호")
LANGUAGE("ja", "", "配信停止|購読解除|配信解除|登録解除|受信拒否|メルマガ解除|退会|配信を停止|購読を停止|"
         "配信を希望されない|配信不要",
         "広告|広告宣伝|これは広告です|未承諾広告",
         "セール|割引|送料無料|ご購入|購入する|注文|価格|お得|クーポン|キャンペーン|特価|ショップ|買い物かご|限定",
         "会社概要|お問い合わせ|特定商取引|個人情報保護|運営会社")
LANGUAGE("zh", "", "退订|取消订阅|退訂|取消訂閱|不想再收到|停止接收|取消關注|拒绝接收|拒收|不再接收|停止订阅",
         "广告|廣告|商业广告|推广信息|宣傳|推廣",
         "优惠|優惠|折扣|特价|特價|立即购买|立即購買|购买|購買|订购|訂購|包邮|免运费|免運|价格|價格|促销|促銷|"
         "优惠券|商店|购物车|購物車",
         "联系我们|聯絡我們|关于我们|關於我們|隐私政策|隱私權")
LANGUAGE("am", "", "ከምዝገባ ውጣ|ምዝገባ ሰርዝ|መቀበል ካልፈለጉ|ከዝርዝሩ ውጣ", "ማስታወቂያ", "ቅናሽ|ይግዙ|ዋጋ|ነጻ ማድረሻ|ሽያጭ",
         "ያግኙን|ስለ እኛ")
LANGUAGE("ka", "", "გამოწერის გაუქმება|გააუქმეთ გამოწერა|უარი მიღებაზე|გამოწერის შეწყვეტა", "რეკლამა|განცხადება",
         "ფასდაკლება|აქცია|იყიდე|შეიძინე|შეკვეთა|უფასო მიწოდება|ფასი|მაღაზია", "კონტაქტი|ჩვენ შესახებ")
LANGUAGE("hy", "", "ապաբաժանորդագրվել|հրաժարվել|չեղարկել բաժանորդագրությունը", "գովազդ", "զեղչ|գնել|գին|պատվիրել|"
         "անվճար առաքում",
         "կապ|մեր մասին")
