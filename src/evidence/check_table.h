/* The table of checks: CHECK(name, kind, points, hints, reason, doc), family by family.
 * Included several times, no guard. Points come from tools/profile_checks, shrunk. */

/* classifier: points are a factor on what the classifier says */
CHECK(classifier_prior, CONTENT, 1.0, 0, "what is known before looking: the share of spam here",
      "The classifier's bias, times the points set here.")
CHECK(classifier_tags, CONTENT, 1.0, 0, "its headers, links and build are like those of mail learned earlier",
      "The classifier's channel of header tokens, links and structure, times the points.")
CHECK(classifier_headers, CONTENT, 1.0, 0, "its header lines are like those of mail learned earlier",
      "The classifier's channel of header n-grams, times the points.")
CHECK(classifier_text, CONTENT, 1.0, 0, "its wording is like that of mail learned earlier",
      "The classifier's channel of words and n-grams of the text, times the points.")
CHECK(classifier_facts, REPUTATION, 1.0, 0, "its proven sender is known from mail learned earlier",
      "The classifier's channel of verified facts, times the points.")
CHECK(classifier_user, USER, 1.0, 0, "what you reported yourself says so",
      "What the recipient's personal layer adds, times the points.")

/* sender */
CHECK(from_missing, CONTENT, 1.0, 0, "it has no sender in From",
      "No From field, or none with an address. Broken notifications may lack it.")
CHECK(from_name_other_address, CONTENT, 1.8, HINT_PHISHING,
      "the sender's name shows another address: %s",
      "The display name of From holds a mail address of another organisation than the real one.")
CHECK(reply_to_other, CONTENT, 0.5, HINT_SCAM, "answers would go elsewhere: %s",
      "Reply-To names another organisation than From, outside lists. Help desks do it, too.")

/* bulk */
CHECK(bulk_list, CONTENT, -0.3, HINT_BULK, "it came through a mailing list: %s",
      "List-Id together with a List-Post or List-Unsubscribe field.")
CHECK(bulk_unsubscribe, CONTENT, 0.0, HINT_BULK, "it is a bulk sending that one can unsubscribe from",
      "A List-Unsubscribe field or Precedence: bulk; a fact that decides the class.")
