#include "config.h"

#include "bijou-redact.h"

/* What follows one of these names, in a query, a header or JSON, is a secret. */
#define SECRET_NAMES                                                                               \
  "X-Plex-Token|X-Emby-Token|X-MediaBrowser-Token|api_key|ApiKey|accessToken|access_token|"        \
  "AccessToken|authToken|authenticationToken|auth_token|Token|Secret|Pw|Password|pin|code"

static GRegex *
get_pattern (void)
{
  static GRegex *pattern = NULL;

  if (g_once_init_enter (&pattern))
    {
      GRegex *made = g_regex_new ("\\b(" SECRET_NAMES ")(\"?\\s*(?:=|:|%3D)\\s*\"?)[^\\s\"&,;<>']+",
                                  G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);

      g_assert (made != NULL);
      g_once_init_leave (&pattern, made);
    }
  return pattern;
}

/**
 * bijou_redact:
 * @text: (nullable): a URL, a header line, a body or a message
 *
 * Masks every token, password and code in @text, so that it may go to a log.
 *
 * Returns: (transfer full): @text with `…` in place of each secret. Any thread.
 */
char *
bijou_redact (const char *text)
{
  g_autofree char *valid = NULL;

  if (text == NULL)
    return g_strdup ("(none)");

  valid = g_utf8_make_valid (text, -1);
  return g_regex_replace (get_pattern (), valid, -1, 0, "\\1\\2…", 0, NULL);
}
