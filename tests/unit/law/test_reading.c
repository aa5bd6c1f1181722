/* What is read from a text: the words of many languages, the language, postal addresses. */
#include "law/postal.h"
#include "law/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static const struct {
    const char *code, *text;
} languages[] = {
    {"en", "Thank you for your order. If you have questions about it, you can reply to this mail."},
    {"de",
     "Vielen Dank für Ihre Bestellung. Wir haben die Ware heute auf den Weg zu Ihnen gebracht."},
    {"fr", "Nous vous remercions pour votre commande, qui est en route avec notre transporteur."},
    {"es",
     "Gracias por su pedido. Si tiene una pregunta, escriba a la dirección que ve en el sitio."},
    {"pt",
     "Obrigado pela sua encomenda. Se você não quer mais a nossa carta, clique no link da página."},
    {"it", "Grazie per il suo ordine. Se non è più il suo indirizzo, ci scriva con la nuova via."},
    {"nl", "Bedankt voor uw bestelling. Wij sturen het pakket vandaag naar het adres dat u gaf."},
    {"sv",
     "Tack för din beställning. Vi har skickat den och du kan följa den på vår sida med koden."},
    {"fi", "Kiitos tilauksesta. Voit seurata sitä, kun se on matkalla, ja saat myös viestin, jos "
           "se ei tule."},
    {"pl", "Dziękujemy za zamówienie. Jeśli nie jest to Twoje konto, prosimy o wiadomość do nas na "
           "adres."},
    {"cs", "Děkujeme za objednávku. Zásilka je na cestě a do zítra ji máte u vás, jak jste si "
           "přáli od nás."},
    {"hu", "Köszönjük a rendelést. Ha nem kapja meg a csomagot, és nem is hallott róla, hogy "
           "elindult, írjon."},
    {"tr",
     "Siparişiniz için teşekkürler. Bu bir bilgi mesajıdır ve size özel olarak gönderilmiştir."},
    {"id", "Terima kasih untuk pesanan anda. Kami akan mengirim barang ini dari gudang dan tidak "
           "ada biaya."},
    {"vi",
     "Cảm ơn quý khách đã đặt hàng. Chúng tôi sẽ gửi hàng cho bạn trong ngày và không có phí."},
    {"sw",
     "Asante kwa oda yako. Sisi tutatuma mzigo wako kwa njia ya basi na utafika katika siku hii."},
    {"ru", "Спасибо за ваш заказ. Мы отправили его и вы получите его на этой неделе, если не будет "
           "задержек."},
    {"uk", "Дякуємо за ваше замовлення. Ми відправили його, і ви отримаєте його на цьому тижні, "
           "якщо це не свято."},
    {"el", "Ευχαριστούμε για την παραγγελία σας."},
    {"he", "תודה על ההזמנה שלך, היא בדרך אליך."},
    {"ar", "شكرا على طلبك. لقد تم إرسال الطلب من المخزن إلى العنوان الذي كتبت، ولا رسوم على ذلك."},
    {"hi", "आपके ऑर्डर के लिए धन्यवाद। हम इसे आज भेज रहे हैं।"},
    {"th", "ขอบคุณสำหรับคำสั่งซื้อของคุณ"},
    {"ko", "주문해 주셔서 감사합니다. 오늘 발송했습니다."},
    {"ja", "ご注文ありがとうございます。本日発送いたしました。"},
    {"zh", "感谢您的订单，我们今天已经发货。"},
};

static void guess(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        struct word_hits h;
        struct language_guess g;
        words_find(a, slice_str(languages[i].text), 100000, &h);
        words_guess(slice_str(languages[i].text), &h, &g);
        if (g.language < 0 || strcmp(words_language((unsigned)g.language), languages[i].code))
            fail_msg("%s was taken for %s", languages[i].code,
                     g.language < 0 ? "nothing" : words_language((unsigned)g.language));
    }
    struct word_hits h;
    struct language_guess g;
    words_find(a, SLICE("OK"), 100, &h);
    words_guess(SLICE("OK"), &h, &g);
    assert_int_equal(g.language, -1); /* too little */
    arena_free(a);
}

/* The table holds what the brief of this page promises: a way out in every language. */
static void table(void **state)
{
    (void)state;
    assert_true(words_languages() >= 40);
    struct arena *a = arena_new(0);
    struct word_hits h;
    static const struct {
        const char *text, *language;
    } ways_out[] = {{"To UNSUBSCRIBE, click here", "en"},
                    {"Hier abmelden", "de"},
                    {"Se désabonner", "fr"},
                    {"Darse de baja", "es"},
                    {"配信停止はこちら", "ja"},
                    {"무료 수신거부", "ko"},
                    {"退订", "zh"},
                    {"להסרה מרשימת התפוצה", "he"},
                    {"Відписатися від розсилки", "uk"},
                    {"Teken hier uit: uitteken", "af"},
                    {"إلغاء الاشتراك", "ar"},
                    {"ยกเลิกการรับข่าวสาร", "th"}};
    for (size_t i = 0; i < sizeof ways_out / sizeof *ways_out; i++) {
        words_find(a, slice_str(ways_out[i].text), 1000, &h);
        int l = words_language_of(slice_str(ways_out[i].language));
        if (l < 0 || h.n[WORD_LEAVE][l] == 0)
            fail_msg("no way out seen in \"%s\"", ways_out[i].text);
    }
    words_find(a, SLICE("We subscribe to no theory; the sale is tomorrow."), 1000, &h);
    assert_int_equal(words_count(&h, WORD_LEAVE), 0);
    assert_int_equal(h.n[WORD_SELL][words_language_of(SLICE("en"))], 1);
    arena_free(a);
}

static const struct {
    enum postal_answer answer;
    const char *country, *text;
} addresses[] = {
    {POSTAL_FOUND, "", "Your team\nMüller Naturseifen\nHauptstraße 12\n50667 Köln\n"},
    {POSTAL_FOUND, "DE", "Beispiel GmbH, Lindenweg 3, 10115 Berlin, Deutschland"},
    {POSTAL_FOUND, "US", "Example Inc.\n1234 Main Street, Suite 5\nSpringfield, IL 62704\nUSA"},
    {POSTAL_FOUND, "", "Example Inc.\n1234 Main St.\nSpringfield, IL 62704"},
    {POSTAL_FOUND, "CA", "Maple Candles\n55 King St W\nToronto ON M5K 1A1\n"},
    {POSTAL_FOUND, "GB", "Shop Ltd\n4 Mill Lane\nLeeds LS1 4AP"},
    {POSTAL_FOUND, "NL", "Winkel BV\nKeizersgracht 15\n1015 CE Amsterdam"},
    {POSTAL_FOUND, "PL", "Sklep\nul. Długa 5\n00-238 Warszawa"},
    {POSTAL_FOUND, "PT", "Loja Lda\nRua Augusta 24\n1100-053 Lisboa"},
    {POSTAL_FOUND, "BR", "Loja\nAvenida Paulista, 1000\n01310-100 São Paulo\nBrasil"},
    {POSTAL_FOUND, "JP", "〒150-0001\n東京都渋谷区神宮前1丁目2番3号"},
    {POSTAL_FOUND, "", "北京市朝阳区建国路88号"},
    {POSTAL_FOUND, "", "서울특별시 강남구 테헤란로 152 (06236)"},
    {POSTAL_FOUND, "KE", "Duka Letu\nP.O. Box 4510\nNairobi"},
    {POSTAL_FOUND, "ZA", "Protea Soaps\n12 Long Street\nCape Town 8001\nSouth Africa"},
    {POSTAL_FOUND, "HK", "Flat 3, 8/F, 25 Queen's Road Central\nHong Kong"},
    {POSTAL_FOUND, "AE", "P.O. Box 1234\nDubai"},
    {POSTAL_FOUND, "RU", "125009, Москва\nул. Тверская, 7\nРоссия"},
    {POSTAL_FOUND, "", "Boutique\n12 rue de la Paix\n75002 Paris"},
    {POSTAL_FOUND, "", "Tienda\nCalle Mayor 5\n28013 Madrid"},
    {POSTAL_FOUND, "IL", "החנות\nרחוב הרצל 10\nתל אביב 6688212\nישראל"},
    {POSTAL_FOUND, "TR", "Mağaza\nBağdat Caddesi 45\n34710 Kadıköy\nTürkiye"},
    {POSTAL_FOUND, "", "Kauppa Oy\nMannerheimintie 5\n00100 Helsinki"},
    {POSTAL_FOUND, "CZ", "Obchod\nulice Dlouhá 5\n110 00 Praha\nČeská republika"},
    {POSTAL_NONE, "", "Save 20 % this week! Prices from 49 EUR. Order at our shop."},
    {POSTAL_NONE, "", "Your order 4455667 of 12 May 2026 is on its way."},
    {POSTAL_NONE, "", ""},
    {POSTAL_NONE, "", "Read more: https://shop.example/street/12/50667 today"},
    {POSTAL_WEAK, "", "Visit us at Hauptstraße 12!"},
    {POSTAL_WEAK, "", "Konzert in 50667 Köln"},
};

static void postal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct postal_hit h;
        postal_find(slice_str(addresses[i].text), 100000, &h);
        if (h.answer != addresses[i].answer ||
            (addresses[i].country[0] && strcmp(h.country, addresses[i].country)))
            fail_msg("\"%s\": %d %s (%.*s)", addresses[i].text, h.answer, h.country,
                     SLICE_ARG(h.text));
    }
    struct arena *a = arena_new(0);
    struct slice text = SLICE(
        "Kind regards\nProtea Soaps (Pty) Ltd\n12  LONG street,\nCape Town, 8001");
    assert_true(postal_is_in(a, SLICE("12 Long Street, Cape Town 8001"), text));
    assert_false(postal_is_in(a, SLICE("14 Long Street, Cape Town 8001"), text));
    assert_false(postal_is_in(a, SLICE(""), text));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(guess), cmocka_unit_test(table),
                                       cmocka_unit_test(postal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
