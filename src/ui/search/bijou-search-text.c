#include "config.h"

#include "bijou-search-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* How many letters of a text before a match are shown with it, and how long it is all in all. */
#define LEAD_LETTERS 14
#define CUT_LETTERS 90

static gboolean
is_word_letter (gunichar letter)
{
  return g_unichar_isalnum (letter) || g_unichar_ismark (letter);
}

/* The letter in lower case and without accents; empty for a mark. */
static char *
fold_letter (const char *p)
{
  g_autofree char *apart = g_utf8_normalize (p, g_utf8_next_char (p) - p, G_NORMALIZE_ALL);
  g_autofree char *folded = apart != NULL ? g_utf8_casefold (apart, -1) : NULL;
  GString *plain = g_string_new (NULL);

  for (const char *q = folded != NULL ? folded : ""; *q != '\0'; q = g_utf8_next_char (q))
    if (!g_unichar_ismark (g_utf8_get_char (q)))
      g_string_append_unichar (plain, g_utf8_get_char (q));
  return g_string_free (plain, FALSE);
}

/**
 * bijou_search_split:
 * @text: what was typed
 *
 * Returns: (transfer full): its words, folded
 */
char **
bijou_search_split (const char *text)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autoptr (GString) word = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (is_word_letter (g_utf8_get_char (p)))
        {
          g_autofree char *letter = fold_letter (p);

          g_string_append (word, letter);
        }
      else if (word->len > 0)
        {
          g_strv_builder_add (words, word->str);
          g_string_truncate (word, 0);
        }
    }
  if (word->len > 0)
    g_strv_builder_add (words, word->str);
  return g_strv_builder_end (words);
}

/* How many bytes of @text are what @word says; 0 when it begins otherwise. */
static gsize
match_here (const char *text, const char *word)
{
  const char *p = text;

  while (*word != '\0')
    {
      g_autofree char *letter = NULL;

      if (*p == '\0')
        return 0;
      letter = fold_letter (p);
      if (g_str_has_prefix (word, letter))
        word += strlen (letter);
      else if (g_str_has_prefix (letter, word))
        word += strlen (word);
      else
        return 0;
      p = g_utf8_next_char (p);
    }
  while (g_unichar_ismark (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return (gsize) (p - text);
}

/**
 * bijou_search_find:
 * @text: (nullable): a text
 * @word: a folded word
 * @start: (out) (optional): where it is, in bytes
 * @length: (out) (optional): how many bytes are it
 *
 * Returns: whether a word of @text begins with @word
 */
gboolean
bijou_search_find (const char *text, const char *word, gsize *start, gsize *length)
{
  gboolean inside = FALSE;

  for (const char *p = text != NULL ? text : ""; *p != '\0'; p = g_utf8_next_char (p))
    {
      gboolean letter = is_word_letter (g_utf8_get_char (p));
      gsize bytes = letter && !inside ? match_here (p, word) : 0;

      inside = letter;
      if (bytes == 0)
        continue;
      if (start != NULL)
        *start = (gsize) (p - text);
      if (length != NULL)
        *length = bytes;
      return TRUE;
    }
  return FALSE;
}

static gsize
match_any (const char *text, char **words)
{
  gsize longest = 0;

  for (guint i = 0; words[i] != NULL; i++)
    longest = MAX (longest, match_here (text, words[i]));
  return longest;
}

static void
append_escaped (GString *markup, const char *text, gsize length)
{
  g_autofree char *escaped = g_markup_escape_text (text, (gssize) length);

  g_string_append (markup, escaped);
}

/**
 * bijou_search_mark:
 * @text: a text
 * @words: folded words
 *
 * Returns: (transfer full): it as markup, with what was found in bold
 */
char *
bijou_search_mark (const char *text, char **words)
{
  GString *markup = g_string_new (NULL);
  gboolean inside = FALSE;
  const char *p = text;

  while (*p != '\0')
    {
      gboolean letter = is_word_letter (g_utf8_get_char (p));
      gsize bytes = letter && !inside ? match_any (p, words) : 0;
      gsize step = bytes > 0 ? bytes : (gsize) (g_utf8_next_char (p) - p);

      inside = letter;
      if (bytes > 0)
        g_string_append (markup, "<b>");
      append_escaped (markup, p, step);
      if (bytes > 0)
        g_string_append (markup, "</b>");
      p += step;
    }
  return g_string_free (markup, FALSE);
}

/* The beginning of the word some letters before @p. */
static const char *
find_lead (const char *text, const char *p)
{
  const char *lead = p;

  for (guint i = 0; i < LEAD_LETTERS && lead > text; i++)
    lead = g_utf8_prev_char (lead);
  if (lead == text)
    return lead;
  while (lead < p && !g_unichar_isspace (g_utf8_get_char (lead)))
    lead = g_utf8_next_char (lead);
  while (lead < p && g_unichar_isspace (g_utf8_get_char (lead)))
    lead = g_utf8_next_char (lead);
  return lead;
}

/**
 * bijou_search_cut:
 * @text: (nullable): a long text
 * @word: a folded word
 *
 * Returns: (transfer full) (nullable): the part where it is, in quotation marks
 */
char *
bijou_search_cut (const char *text, const char *word)
{
  g_autofree char *part = NULL;
  const char *lead;
  gsize start;
  gboolean whole;

  if (!bijou_search_find (text, word, &start, NULL))
    return NULL;
  lead = find_lead (text, text + start);
  whole = g_utf8_strlen (lead, -1) <= CUT_LETTERS;
  part = g_utf8_substring (lead, 0, whole ? -1 : CUT_LETTERS);
  g_strdelimit (part, "\n\r\t", ' ');
  /* Translators: part of a summary in quotation marks; the first %s is empty or "…" */
  return g_strdup_printf (_ ("“%s%s%s”"), lead > text ? "…" : "", part, whole ? "" : "…");
}

/**
 * bijou_search_get_unexplained:
 * @item: an item that was found
 * @words: folded words
 *
 * Returns: (transfer none) (nullable): the first word that is not in its title
 */
const char *
bijou_search_get_unexplained (BijouItem *item, char **words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (!bijou_search_find (item->title, words[i], NULL, NULL))
      return words[i];
  return NULL;
}

/**
 * bijou_search_explain:
 * @item: an item that was found
 * @word: a folded word that is not in its title
 *
 * Returns: (transfer full) (nullable): where else it is, for people; %NULL when it is in none of
 *     the item's texts
 */
char *
bijou_search_explain (BijouItem *item, const char *word)
{
  if (bijou_search_find (item->original_title, word, NULL, NULL))
    return g_strdup (item->original_title);
  for (guint i = 0; item->genres != NULL && item->genres[i] != NULL; i++)
    if (bijou_search_find (item->genres[i], word, NULL, NULL))
      /* Translators: %s is the name of a genre */
      return g_strdup_printf (_ ("Genre: %s"), item->genres[i]);
  return bijou_search_cut (item->overview, word);
}
