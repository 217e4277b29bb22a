#include "config.h"

#include "bijou-fake-library.h"

#include <string.h>

/* How two servers of one household divide the demo's catalogue between them: by what is for
 * children, with a few titles that both have. */

static const char *const in_both[] = {
  "quiet-orbit", "second-violin", "last-tram",      "paper-meridian",
  "moss",        "juniper-ash",   "orbital-eleven",
};

static const char *const family_genres[] = { "Adventure", "Animation", "Comedy", "Family",
                                             "Fantasy" };

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return "";
  return json_node_get_string (node);
}

static gboolean
has_family_genre (JsonObject *title)
{
  JsonNode *node = json_object_get_member (title, "genres");
  JsonArray *genres =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; genres != NULL && i < json_array_get_length (genres); i++)
    for (guint k = 0; k < G_N_ELEMENTS (family_genres); k++)
      if (g_strcmp0 (json_array_get_string_element (genres, i), family_genres[k]) == 0)
        return TRUE;
  return FALSE;
}

static gboolean
is_for_all (JsonObject *title)
{
  const char *rating = get_text (title, "content_rating");

  if (strcmp (rating, "G") == 0 || strcmp (rating, "TV-G") == 0 || strcmp (rating, "TV-PG") == 0)
    return TRUE;
  return strcmp (rating, "PG") == 0 && has_family_genre (title);
}

static gboolean
is_in_both (JsonObject *title)
{
  const char *id = get_text (title, "id");

  for (guint i = 0; i < G_N_ELEMENTS (in_both); i++)
    if (strcmp (id, in_both[i]) == 0)
      return TRUE;
  return FALSE;
}

gboolean
bijou_fake_share_has (BijouFakeShare share, JsonObject *title)
{
  if (share == BIJOU_FAKE_SHARE_WHOLE || is_in_both (title))
    return TRUE;
  return is_for_all (title) == (share == BIJOU_FAKE_SHARE_FAMILY);
}

gboolean
bijou_fake_share_lives_here (BijouFakeShare share, JsonObject *title)
{
  return share != BIJOU_FAKE_SHARE_FAMILY || !is_in_both (title);
}

const char *
bijou_fake_share_get_section_title (BijouFakeShare share, BijouFakeItemKind kind)
{
  static const char *const titles[][2] = { [BIJOU_FAKE_SHARE_WHOLE] = { "Movies", "TV Shows" },
                                           [BIJOU_FAKE_SHARE_GROWN_UP] = { "Films", "Series" },
                                           [BIJOU_FAKE_SHARE_FAMILY] = { "Family Films",
                                                                         "Children" } };

  return titles[share][kind == BIJOU_FAKE_SHOW];
}
