#include "config.h"

#include "bijou-fake-plex.h"

#include <string.h>

typedef struct
{
  BijouFakePlex *plex;
  guint user;
} Context;

static int
compare_viewed (gconstpointer a, gconstpointer b, gpointer data)
{
  Context *context = data;
  BijouFakeItem *x = *(BijouFakeItem *const *) a;
  BijouFakeItem *y = *(BijouFakeItem *const *) b;
  gint64 p = bijou_fake_library_get_state (context->plex->library, x, context->user)->viewed_at;
  gint64 q = bijou_fake_library_get_state (context->plex->library, y, context->user)->viewed_at;

  return p > q ? -1 : p < q ? 1 : x->index < y->index ? -1 : 1;
}

static int
compare_added (gconstpointer a, gconstpointer b)
{
  BijouFakeItem *x = *(BijouFakeItem *const *) a;
  BijouFakeItem *y = *(BijouFakeItem *const *) b;

  if (x->added_at != y->added_at)
    return x->added_at > y->added_at ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

/* The episode of a show that comes next, or NULL. */
static BijouFakeItem *
find_next_up (BijouFakePlex *self, BijouFakeItem *show, guint user)
{
  g_autoptr (GPtrArray) leaves = bijou_fake_library_get_leaves (show);
  BijouFakeItem *last = NULL;
  gint64 newest = 0;

  for (guint i = 0; i < leaves->len; i++)
    {
      BijouFakeItem *item = g_ptr_array_index (leaves, i);
      BijouFakeState *state = bijou_fake_library_get_state (self->library, item, user);

      if (state->viewed_at > newest)
        newest = state->viewed_at, last = item;
    }
  if (last == NULL || bijou_fake_library_get_state (self->library, last, user)->position_ms > 0)
    return last;
  for (guint i = 0; i + 1 < leaves->len; i++)
    if (g_ptr_array_index (leaves, i) == last)
      {
        BijouFakeItem *next = g_ptr_array_index (leaves, i + 1);

        return bijou_fake_library_get_state (self->library, next, user)->played ? NULL : next;
      }
  return NULL;
}

/* Films which are partly watched and the next episode of each show that was begun. */
static GPtrArray *
collect_continue (BijouFakePlex *self, guint user, gboolean films)
{
  GPtrArray *sections = bijou_fake_library_get_sections (self->library);
  GPtrArray *items = g_ptr_array_new ();
  Context context = { self, user };

  for (guint s = 0; s < sections->len; s++)
    {
      BijouFakeSection *section = g_ptr_array_index (sections, s);
      GPtrArray *list = section->lists[section->kind];

      for (guint i = 0; i < list->len; i++)
        {
          BijouFakeItem *item = g_ptr_array_index (list, i);
          BijouFakeItem *next;

          if (section->kind == BIJOU_FAKE_SHOW && (next = find_next_up (self, item, user)))
            g_ptr_array_add (items, next);
          else if (films && section->kind == BIJOU_FAKE_MOVIE &&
                   bijou_fake_library_get_state (self->library, item, user)->position_ms > 0)
            g_ptr_array_add (items, item);
        }
    }
  g_ptr_array_sort_with_data (items, compare_viewed, &context);
  if (items->len > 40)
    g_ptr_array_set_size (items, 40);
  return items;
}

static GPtrArray *
collect_recent (BijouFakePlex *self, guint section, BijouFakeItemKind kind, guint count)
{
  GPtrArray *list = bijou_fake_library_get_section (self->library, section)->lists[kind];
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (items, g_ptr_array_index (list, i));
  g_ptr_array_sort (items, compare_added);
  if (items->len > count)
    g_ptr_array_set_size (items, count);
  return items;
}

static void
write_hub (PlexRows *rows,
           GPtrArray *items,
           const char *identifier,
           const char *title,
           const char *type,
           const char *key)
{
  FakeWriter *w = rows->w;

  fake_object (w, NULL, "Hub");
  fake_str (w, "key", key);
  fake_str (w, "title", title);
  fake_str (w, "type", type);
  fake_str (w, "hubIdentifier", identifier);
  fake_strf (w, "context", "hub.%s", identifier);
  fake_int (w, "size", items->len);
  fake_bool (w, "more", FALSE);
  fake_str (w, "style", "shelf");
  fake_bool (w, "promoted", TRUE);
  if (items->len > 0)
    {
      fake_array (w, "Metadata");
      for (guint i = 0; i < items->len; i++)
        plex_write_row (rows, g_ptr_array_index (items, i));
      fake_end (w);
    }
  fake_end (w);
}

static GPtrArray *
collect_genre (BijouFakePlex *self, guint genre, guint count)
{
  GPtrArray *list = bijou_fake_library_get_section (self->library, 1)->lists[BIJOU_FAKE_MOVIE];
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < list->len && items->len < count; i++)
    if (((BijouFakeItem *) g_ptr_array_index (list, i))->genres & (1u << genre))
      g_ptr_array_add (items, g_ptr_array_index (list, i));
  return items;
}

static void
write_continue_hubs (PlexRows *rows, BijouFakePlex *self, guint user)
{
  g_autoptr (GPtrArray) both = collect_continue (self, user, TRUE);
  g_autoptr (GPtrArray) deck = collect_continue (self, user, FALSE);

  write_hub (rows, both, "home.continue", "Continue Watching", "mixed",
             "/hubs/home/continueWatching");
  write_hub (rows, deck, "home.ondeck", "On Deck", "episode", "/hubs/home/onDeck");
}

static void
reply_hubs (BijouFakePlex *self, BijouFakeExchange *x)
{
  guint count = CLAMP (fake_param_int (x, "count", 12), 1, 100);
  gboolean with_continue = !plex_flag (x, "excludeContinueWatching");
  g_autoptr (GPtrArray) movies = collect_recent (self, 1, BIJOU_FAKE_MOVIE, count);
  g_autoptr (GPtrArray) seasons = collect_recent (self, 2, BIJOU_FAKE_SEASON, count);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  /* The number of this hub is another one each time. */
  guint genre = self->next_notification++ % bijou_fake_library_get_n_genres (self->library);
  g_autoptr (GPtrArray) of_genre = collect_genre (self, genre, count);
  g_autofree char *identifier = g_strdup_printf ("movie.genre.1.%u", self->next_notification);
  g_autofree char *key = g_strdup_printf ("/library/sections/1/all?genre=%u", genre + 1);
  FakeWriter *w = plex_begin (self, x);
  PlexRows rows;

  fake_int (w, "size", with_continue ? 6 : 4);
  fake_bool (w, "allowSync", TRUE);
  fake_str (w, "identifier", "com.plexapp.plugins.library");
  plex_rows_begin (&rows, self, x, w, PLEX_ROW_HUB);
  fake_array (w, "Hub");
  if (with_continue)
    write_continue_hubs (&rows, self, x->user);
  write_hub (&rows, movies, "home.movies.recent", "Recently Added Movies", "movie",
             "/hubs/home/recentlyAdded?type=1");
  write_hub (&rows, seasons, "home.television.recent", "Recently Added TV", "mixed",
             "/hubs/home/recentlyAdded?type=2");
  write_hub (&rows, none, "home.music.recent", "Recently Added Music", "album",
             "/hubs/home/recentlyAdded?type=8");
  write_hub (&rows, of_genre, identifier, bijou_fake_library_get_genre (self->library, genre),
             "movie", key);
  fake_end (w);
  plex_rows_end (&rows);
  plex_end (x, w);
}

static void
write_search_hub (PlexRows *rows, const char *query, const char *type, BijouFakeItemKind kind)
{
  BijouFakeLibrary *library = rows->plex->library;
  gint64 limit = fake_param_int (rows->x, "limit", 3);
  g_autofree char *folded = g_utf8_casefold (query, -1);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  for (guint i = 0; i < bijou_fake_library_get_n_items (library) && found->len < limit; i++)
    {
      BijouFakeItem *item = bijou_fake_library_get_item (library, i);
      g_autofree char *title = NULL;

      if (item == NULL || item->kind != kind || g_utf8_strlen (query, -1) < 2)
        continue;
      title = g_utf8_casefold (item->title, -1);
      if (strstr (title, folded) != NULL)
        g_ptr_array_add (found, item);
    }
  write_hub (rows, found, type, type, type, "/hubs/search");
}

static void
reply_search (BijouFakePlex *self, BijouFakeExchange *x)
{
  const char *query = fake_param (x, "query");
  const char *section = fake_param (x, "sectionId");
  const char *limit = fake_param (x, "limit");
  FakeWriter *w;
  PlexRows rows;

  if (limit != NULL && g_str_equal (limit, "0"))
    {
      fake_fail (x, 500);
      return;
    }
  if (query == NULL || *query == '\0' ||
      (section != NULL &&
       !bijou_fake_library_get_section (self->library, g_ascii_strtoull (section, NULL, 10))))
    {
      fake_fail (x, 400);
      return;
    }
  w = plex_begin (self, x);
  fake_int (w, "size", 4);
  plex_rows_begin (&rows, self, x, w, PLEX_ROW_HUB);
  fake_array (w, "Hub");
  write_search_hub (&rows, query, "movie", BIJOU_FAKE_MOVIE);
  write_search_hub (&rows, query, "show", BIJOU_FAKE_SHOW);
  write_search_hub (&rows, query, "episode", BIJOU_FAKE_EPISODE);
  write_search_hub (&rows, query, "collection", BIJOU_FAKE_COLLECTION);
  fake_end (w);
  plex_rows_end (&rows);
  plex_end (x, w);
}

gboolean
plex_handle_hubs (BijouFakePlex *self, BijouFakeExchange *x)
{
  if (g_str_equal (x->path, "/hubs/continueWatching/items"))
    {
      g_autoptr (GPtrArray) items = collect_continue (self, x->user, TRUE);

      plex_reply_items (self, x, items, NULL, PLEX_ROW_HUB);
    }
  else if (g_str_equal (x->path, "/library/onDeck"))
    {
      g_autoptr (GPtrArray) items = collect_continue (self, x->user, TRUE);

      plex_reply_items (self, x, items, NULL, PLEX_ROW_HUB);
    }
  else if (g_str_equal (x->path, "/hubs") || g_str_equal (x->path, "/hubs/promoted") ||
           g_str_has_prefix (x->path, "/hubs/sections/"))
    reply_hubs (self, x);
  else if (g_str_equal (x->path, "/hubs/search"))
    reply_search (self, x);
  else
    return FALSE;
  return TRUE;
}
