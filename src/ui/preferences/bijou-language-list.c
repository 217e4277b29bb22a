#include "config.h"

#include "bijou-language-list.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *code; /* ISO 639-1, empty for the first entry */
  const char *name; /* as shown */
  char *key;        /* (owned) collation key of the name */
} Language;

struct _BijouLanguageList
{
  GArray *languages; /* (owned) of Language */
  char *extra_code;  /* (owned) (nullable) */
};

static const struct
{
  const char *code;
  const char *name;
} known[] = {
  { "ar", N_ ("Arabic") },     { "bg", N_ ("Bulgarian") },  { "ca", N_ ("Catalan") },
  { "cs", N_ ("Czech") },      { "da", N_ ("Danish") },     { "de", N_ ("German") },
  { "el", N_ ("Greek") },      { "en", N_ ("English") },    { "es", N_ ("Spanish") },
  { "et", N_ ("Estonian") },   { "fa", N_ ("Persian") },    { "fi", N_ ("Finnish") },
  { "fr", N_ ("French") },     { "he", N_ ("Hebrew") },     { "hi", N_ ("Hindi") },
  { "hr", N_ ("Croatian") },   { "hu", N_ ("Hungarian") },  { "id", N_ ("Indonesian") },
  { "is", N_ ("Icelandic") },  { "it", N_ ("Italian") },    { "ja", N_ ("Japanese") },
  { "ko", N_ ("Korean") },     { "lt", N_ ("Lithuanian") }, { "lv", N_ ("Latvian") },
  { "nl", N_ ("Dutch") },      { "no", N_ ("Norwegian") },  { "pl", N_ ("Polish") },
  { "pt", N_ ("Portuguese") }, { "ro", N_ ("Romanian") },   { "ru", N_ ("Russian") },
  { "sk", N_ ("Slovak") },     { "sl", N_ ("Slovenian") },  { "sr", N_ ("Serbian") },
  { "sv", N_ ("Swedish") },    { "th", N_ ("Thai") },       { "tr", N_ ("Turkish") },
  { "uk", N_ ("Ukrainian") },  { "vi", N_ ("Vietnamese") }, { "zh", N_ ("Chinese") },
};

static void
clear_language (gpointer data)
{
  g_free (((Language *) data)->key);
}

static int
compare_languages (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Language *) a)->key, ((const Language *) b)->key);
}

static void
append_language (BijouLanguageList *self, const char *code, const char *name)
{
  Language language = { code, name, g_utf8_collate_key (name, -1) };

  g_array_append_val (self->languages, language);
}

/**
 * bijou_language_list_new:
 * @first: what the empty code is called
 * @extra_code: (nullable): a code that is in use and is listed even where it has no name here
 *
 * Returns: (transfer full): the list, sorted by name
 */
BijouLanguageList *
bijou_language_list_new (const char *first, const char *extra_code)
{
  BijouLanguageList *self = g_new0 (BijouLanguageList, 1);

  self->languages = g_array_new (FALSE, FALSE, sizeof (Language));
  g_array_set_clear_func (self->languages, clear_language);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    append_language (self, known[i].code, _ (known[i].name));
  g_array_sort (self->languages, compare_languages);

  g_array_prepend_vals (self->languages, &(Language){ "", first, NULL }, 1);
  self->extra_code = g_strdup (extra_code);
  if (extra_code != NULL && bijou_language_list_find (self, extra_code) == 0 && *extra_code != '\0')
    append_language (self, self->extra_code, self->extra_code);
  return self;
}

/**
 * bijou_language_list_free:
 * @self: the list
 */
void
bijou_language_list_free (BijouLanguageList *self)
{
  g_array_unref (self->languages);
  g_free (self->extra_code);
  g_free (self);
}

/**
 * bijou_language_list_dup_names:
 * @self: the list
 *
 * Returns: (transfer full): what is shown, for a #GtkStringList
 */
char **
bijou_language_list_dup_names (BijouLanguageList *self)
{
  char **names = g_new0 (char *, self->languages->len + 1);

  for (guint i = 0; i < self->languages->len; i++)
    names[i] = g_strdup (g_array_index (self->languages, Language, i).name);
  return names;
}

/**
 * bijou_language_list_get_code:
 * @self: the list
 * @position: below the number of names
 *
 * Returns: (transfer none): the ISO 639-1 code there, empty for the first one
 */
const char *
bijou_language_list_get_code (BijouLanguageList *self, guint position)
{
  g_return_val_if_fail (position < self->languages->len, "");
  return g_array_index (self->languages, Language, position).code;
}

/**
 * bijou_language_list_find:
 * @self: the list
 * @code: a code
 *
 * Returns: its position, 0 when it is not here
 */
guint
bijou_language_list_find (BijouLanguageList *self, const char *code)
{
  for (guint i = 1; i < self->languages->len; i++)
    if (g_str_equal (g_array_index (self->languages, Language, i).code, code))
      return i;
  return 0;
}
