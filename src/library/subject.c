/* Subjects in the languages of the program, so that a question in any of them finds what is
 * catalogued in another. Written for search, not for show: plural and singular, and the words that
 * people use beside the proper one. French, Spanish, Portuguese, Arabic, Swahili, Indonesian,
 * Chinese, German. */
#include "library/item.h"

static const char *const topics[] = {
    "réglementation législation loi droit règlement; regulación legislación ley derecho normativa; "
    "regulamentação regulação legislação lei direito; تنظيم تشريع قانون لوائح; sheria kanuni "
    "udhibiti; "
    "regulasi peraturan hukum undang-undang; 法规 立法 法律 监管; Regulierung Gesetz Recht",
    "application de la loi répression poursuites sanctions amendes; aplicación de la ley sanciones "
    "multas persecución; fiscalização aplicação da lei sanções multas; إنفاذ القانون عقوبات "
    "غرامات; "
    "utekelezaji wa sheria adhabu faini; penegakan hukum sanksi denda; 执法 处罚 罚款; "
    "Durchsetzung Vollzug Strafe Bußgeld",
    "industrie secteur bonnes pratiques fournisseurs opérateurs; industria sector buenas prácticas "
    "proveedores operadores; indústria setor boas práticas provedores operadoras; صناعة قطاع "
    "أفضل الممارسات مزودو الخدمة; sekta watoa huduma mbinu bora; industri penyedia praktik "
    "terbaik; "
    "行业 产业 最佳实践 运营商; Branche Anbieter gute Praxis",
    "technologie technique filtrage filtre authentification; tecnología técnica filtrado filtro "
    "autenticación; tecnologia técnica filtragem filtro autenticação; تقنية تكنولوجيا ترشيح "
    "مصادقة; "
    "teknolojia kichujio uthibitishaji; teknologi teknis penyaringan autentikasi; 技术 过滤 "
    "身份验证; "
    "Technik Filter Authentifizierung",
    "éducation sensibilisation formation information; educación sensibilización formación "
    "capacitación; educação conscientização formação capacitação; تعليم توعية تدريب; elimu "
    "uhamasishaji "
    "mafunzo; pendidikan kesadaran pelatihan edukasi; 教育 宣传 培训 意识; Bildung Aufklärung "
    "Schulung",
    "partenariat coopération collaboration; asociación cooperación alianza colaboración; parceria "
    "cooperação colaboração aliança; شراكة تعاون; ushirikiano; kemitraan kerja sama kolaborasi; "
    "伙伴关系 "
    "合作; Partnerschaft Zusammenarbeit",
    "mesure métriques statistiques indicateurs; medición métricas estadísticas indicadores; "
    "medição "
    "métricas estatísticas indicadores; قياس إحصاءات مؤشرات; kipimo takwimu; pengukuran statistik "
    "metrik; 测量 统计 指标; Messung Statistik Kennzahlen",
    "rayonnement sensibilisation coopération internationale; divulgación cooperación internacional "
    "difusión; divulgação cooperação internacional; تواصل تعاون دولي; ushirikiano wa kimataifa; "
    "penjangkauan kerja sama internasional; 国际合作 推广 外联; internationale Zusammenarbeit",
    "ouverture internet ouvert liberté expression neutralité; apertura internet abierta libertad "
    "expresión neutralidad; abertura internet aberta liberdade expressão neutralidade; انفتاح "
    "إنترنت "
    "مفتوحة حرية التعبير; uwazi mtandao huru; keterbukaan internet terbuka kebebasan; 开放 "
    "开放互联网 "
    "自由; Offenheit offenes Internet Freiheit"};

static const char *const audiences[] = {
    "décideurs politiques gouvernement législateur; responsables de políticas gobierno; "
    "formuladores "
    "de políticas governo; صانعو السياسات حكومة; watunga sera serikali; pembuat kebijakan "
    "pemerintah; "
    "政策制定者 政府; Politik Regierung",
    "opérateurs de réseau fournisseurs d'accès hébergeurs; operadores de red proveedores; "
    "operadores "
    "de rede provedores; مشغلو الشبكات; waendeshaji mitandao; operator jaringan; 网络运营商; "
    "Netzbetreiber",
    "experts techniques techniciens administrateurs; expertos técnicos administradores; "
    "especialistas "
    "técnicos administradores; خبراء تقنيون; wataalamu wa kiufundi; ahli teknis; 技术专家; "
    "Fachleute",
    "expéditeurs marketing infolettre bulletin; remitentes mercadeo boletín; remetentes marketing "
    "boletim; مرسلون تسويق نشرة; watumaji masoko jarida; pengirim pemasaran buletin; 发件人 营销 "
    "通讯; "
    "Versender Newsletter Werbung",
    "utilisateurs grand public internautes consommateurs; usuarios público consumidores; usuários "
    "utilizadores público consumidores; مستخدمون مستهلكون; watumiaji; pengguna konsumen; 用户 "
    "消费者; "
    "Nutzer Verbraucher",
    "chercheurs recherche université étude; investigadores investigación estudio; pesquisadores "
    "pesquisa estudo; باحثون بحث دراسة; watafiti utafiti; peneliti penelitian; 研究人员 研究; "
    "Forschung "
    "Studie",
    "autorités régulateur police; autoridades regulador policía; autoridades regulador polícia; "
    "سلطات "
    "هيئة تنظيمية; mamlaka; otoritas regulator polisi; 主管机关 监管机构; Behörden Aufsicht",
    "formateurs enseignants école; formadores docentes escuela; formadores professores escola; "
    "مدربون "
    "معلمون مدرسة; wakufunzi walimu shule; pelatih guru sekolah; 培训师 教师 学校; Lehrer Trainer "
    "Schule"};

static const char *const types[] = {
    "loi traité accord; ley tratado acuerdo; lei tratado acordo; قانون اتفاق; sheria makubaliano; "
    "undang-undang perjanjian; 法律 协议; Gesetz Abkommen",
    "bonnes pratiques guide recommandations; buenas prácticas guía recomendaciones; boas práticas "
    "guia "
    "recomendações; أفضل الممارسات دليل; mwongozo mbinu bora; praktik terbaik panduan; 最佳实践 "
    "指南; "
    "Leitfaden Empfehlung",
    "formation cours atelier; capacitación curso taller; formação curso oficina treinamento; تدريب "
    "دورة "
    "ورشة; mafunzo kozi warsha; pelatihan kursus lokakarya; 培训 课程 研讨会; Schulung Kurs",
    "outil logiciel service; herramienta software servicio; ferramenta software serviço; أداة "
    "برنامج "
    "خدمة; zana programu huduma; alat perangkat lunak layanan; 工具 软件 服务; Werkzeug Programm "
    "Dienst",
    "norme standard spécification; norma estándar especificación; norma padrão especificação; "
    "معيار "
    "مواصفة; kiwango; standar spesifikasi; 标准 规范; Norm Standard",
    "rapport étude article; informe estudio artículo; relatório estudo artigo; تقرير دراسة مقال; "
    "ripoti "
    "utafiti makala; laporan studi artikel; 报告 研究 文章; Bericht Studie",
    "mesure action; medida acción; medida ação; تدبير إجراء; hatua; langkah tindakan; 措施 行动; "
    "Maßnahme",
    "parcours étapes; ruta pasos; percurso passos; مسار خطوات; njia hatua; jalur langkah; 路径 "
    "步骤; Weg "
    "Schritte"};

const char *library_subject(enum library_facet f, int value)
{
    const char *const *lists[FACETS] = {
        [FACET_TOPIC] = topics, [FACET_AUDIENCE] = audiences, [FACET_TYPE] = types};
    return lists[f] ? lists[f][value] : NULL;
}
