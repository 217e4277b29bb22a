#include "config.h"

#include "bijou-sync-delta.h"

/* What was saved while the last run began may have a time before it. */
#define OVERLAP_S 300
/* What no news and no count shows is found by a whole run, now and then. */
#define WHOLE_EVERY_S (7 * 24 * 3600)
/* The play state of so few rows is compared in one page for each library. */
#define SMALL_ROWS 1000

#define PLAYABLE                                                                                   \
  (BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_MOVIE) | BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_EPISODE) |             \
   BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_VIDEO))
#define LISTS                                                                                      \
  (BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_COLLECTION) | BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_PLAYLIST))

static void
suspect_free (BijouSuspect *suspect)
{
  g_clear_object (&suspect->library);
  g_free (suspect);
}

/**
 * bijou_sync_delta_init:
 * @self: a delta whose owner has set what is its own
 */
void
bijou_sync_delta_init (BijouSyncDelta *self)
{
  self->suspects = g_ptr_array_new_with_free_func ((GDestroyNotify) suspect_free);
  self->mismatches = g_ptr_array_new ();
}

/**
 * bijou_sync_delta_clear:
 * @self: a delta
 */
void
bijou_sync_delta_clear (BijouSyncDelta *self)
{
  g_clear_pointer (&self->suspects, g_ptr_array_unref);
  g_clear_pointer (&self->mismatches, g_ptr_array_unref);
  g_clear_pointer (&self->delta, bijou_delta_free);
}

static gint64
get_number (BijouStore *store, const char *server_id, const char *name)
{
  g_autofree char *text = bijou_store_get_sync_value (store, server_id, name);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static void
set_number (BijouStore *store, const char *server_id, const char *name, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  bijou_store_set_sync_value (store, server_id, name, text, NULL);
}

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/**
 * bijou_sync_delta_is_possible:
 * @self: a delta
 *
 * Returns: whether a whole run ended well, and not too long ago
 */
gboolean
bijou_sync_delta_is_possible (BijouSyncDelta *self)
{
  gint64 age = get_now () - get_number (self->store, self->server_id, "whole-at");

  return get_number (self->store, self->server_id, "news-since") > 0 && age >= 0 &&
         age < WHOLE_EVERY_S;
}

/* --- places --- */

static BijouLibrary *
find_library (BijouSyncDelta *self, const char *id)
{
  for (guint i = 0; i < self->libraries->len; i++)
    if (g_strcmp0 (BIJOU_LIBRARY (self->libraries->pdata[i])->remote_id, id) == 0)
      return self->libraries->pdata[i];
  return NULL;
}

static BijouItemKinds
get_kinds (BijouLibrary *library)
{
  BijouItemKinds kinds = 0;

  for (const BijouItemKind *kind = bijou_backend_get_kinds (library->kind);
       *kind != BIJOU_ITEM_UNKNOWN; kind++)
    kinds |= BIJOU_ITEM_KIND_BIT (*kind);
  return kinds;
}

static BijouSyncResult *
find_result (BijouSyncDelta *self, const char *library_id)
{
  for (guint i = 0; i + 1 < self->results->len; i++)
    {
      BijouSyncResult *result = self->results->pdata[i];

      if (g_strcmp0 (result->library_id, library_id) == 0)
        return result;
    }
  return self->results->pdata[self->results->len - 1];
}

static gboolean
is_known (const char *remote_id, gpointer user_data)
{
  BijouSyncDelta *self = user_data;
  g_autoptr (BijouItem) item = bijou_store_get_item (self->store, self->server_id, remote_id, NULL);

  return item != NULL;
}

/* Not every row that a server has belongs into the mirror, and not each one says where. */
static gboolean
place_item (BijouSyncDelta *self, BijouItem *item)
{
  BijouLibrary *library;

  if (item->library_id == NULL && (BIJOU_ITEM_KIND_BIT (item->kind) & LISTS) == 0)
    {
      g_autoptr (BijouItem) known =
          bijou_store_get_item (self->store, self->server_id, item->remote_id, NULL);

      item->library_id = known != NULL ? g_strdup (known->library_id) : NULL;
    }
  if (item->library_id == NULL)
    return (BIJOU_ITEM_KIND_BIT (item->kind) & LISTS) != 0;
  library = find_library (self, item->library_id);
  return library != NULL && (item->kind == BIJOU_ITEM_COLLECTION ||
                             (get_kinds (library) & BIJOU_ITEM_KIND_BIT (item->kind)) != 0);
}

/* --- writing --- */

static void
add_counts (BijouSyncDelta *self, const char *library_id, const BijouSyncCounts *counts)
{
  BijouSyncResult *result = find_result (self, library_id);

  result->added += counts->added;
  result->changed += counts->changed;
  self->states += counts->states;
}

static GPtrArray *
take_items_of (GPtrArray *items, const char *library_id)
{
  GPtrArray *taken = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = items->len; i > 0; i--)
    if (g_strcmp0 (BIJOU_ITEM (items->pdata[i - 1])->library_id, library_id) == 0)
      g_ptr_array_add (taken, g_ptr_array_steal_index (items, i - 1));
  return taken;
}

/* Library by library, for the results. */
static gboolean
save_items (
    BijouSyncDelta *self, GPtrArray *items, gint64 asked_at, gint64 generation, GError **error)
{
  for (guint i = items->len; i > 0; i--)
    if (!place_item (self, items->pdata[i - 1]))
      g_ptr_array_remove_index (items, i - 1);
  while (items->len > 0)
    {
      g_autofree char *library_id = g_strdup (BIJOU_ITEM (items->pdata[0])->library_id);
      g_autoptr (GPtrArray) taken = take_items_of (items, library_id);
      BijouSyncCounts counts = { 0 };

      if (!bijou_store_save_news (self->store, self->server_id, taken, asked_at, generation,
                                  &counts, error))
        return FALSE;
      add_counts (self, library_id, &counts);
    }
  return TRUE;
}

static gboolean
fetch_batch (BijouSyncDelta *self,
             BijouLibrary *library,
             GPtrArray *batch,
             gint64 generation,
             GError **error)
{
  BijouSyncResult *result = find_result (self, library != NULL ? library->remote_id : NULL);
  gint64 asked_at = g_get_real_time ();
  g_autoptr (GPtrArray) items = NULL;

  g_ptr_array_add (batch, NULL);
  items = bijou_backend_fetch_items (self->backend, (const char *const *) batch->pdata,
                                     self->cancellable, error);
  result->requests++;
  if (items == NULL)
    return FALSE;
  for (guint i = 0; library != NULL && i < items->len; i++)
    {
      BijouItem *item = items->pdata[i];

      g_free (item->library_id);
      item->library_id = g_strdup (library->remote_id);
    }
  return save_items (self, items, asked_at, generation, error);
}

/**
 * bijou_sync_delta_fetch_wanted:
 * @self: a delta
 * @library: (nullable): where the rows are; %NULL: where they are known
 * @wanted: (element-type utf8): ids; emptied
 * @generation: of the sweep that found them, 0 none
 * @error: return location
 *
 * Asks for rows by their ids and writes them. Blocking.
 *
 * Returns: whether all that there are were written
 */
gboolean
bijou_sync_delta_fetch_wanted (BijouSyncDelta *self,
                               BijouLibrary *library,
                               GPtrArray *wanted,
                               gint64 generation,
                               GError **error)
{
  while (wanted->len > 0)
    {
      g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (g_free);

      while (wanted->len > 0 && batch->len < BIJOU_BACKEND_MAX_IDS)
        g_ptr_array_add (batch, g_ptr_array_steal_index_fast (wanted, wanted->len - 1));
      if (!fetch_batch (self, library, batch, generation, error))
        return FALSE;
    }
  return TRUE;
}

/* --- lists that the server gives whole: what is in only one of the two changed --- */

static void
add_ids (GPtrArray *wanted, GHashTable *ids)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (wanted, g_strdup (id));
}

static gboolean
compare_favourites (BijouSyncDelta *self, GError **error)
{
  g_autoptr (GHashTable) here = NULL;
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);

  if (self->delta->favourites == NULL)
    return TRUE;
  here = bijou_store_list_favourite_ids (self->store, self->server_id);
  for (guint i = 0; i < self->delta->favourites->len; i++)
    if (!g_hash_table_remove (here, self->delta->favourites->pdata[i]))
      g_ptr_array_add (wanted, g_strdup (self->delta->favourites->pdata[i]));
  add_ids (wanted, here);
  return bijou_sync_delta_fetch_wanted (self, NULL, wanted, 0, error);
}

/* What is not begun any more was seen to its end, or lost its place. */
static gboolean
compare_begun (BijouSyncDelta *self, gint64 asked_at, GError **error)
{
  GPtrArray *begun = self->delta->begun;
  g_autoptr (GHashTable) here = NULL;
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);
  BijouSyncCounts counts = { 0 };

  if (begun == NULL)
    return TRUE;
  here = bijou_store_list_begun_ids (self->store, self->server_id);
  for (guint i = 0; i < begun->len; i++)
    g_hash_table_remove (here, BIJOU_ITEM (begun->pdata[i])->remote_id);
  add_ids (wanted, here);
  if (!bijou_store_save_slim_page (self->store, self->server_id, NULL, begun, asked_at, 0, &counts,
                                   wanted, error))
    return FALSE;
  add_counts (self, NULL, &counts);
  return bijou_sync_delta_fetch_wanted (self, NULL, wanted, 0, error);
}

/* --- counts --- */

static BijouRowCount
get_row_count (BijouCensusKind what)
{
  switch (what)
    {
    case BIJOU_CENSUS_WATCHED:
      return BIJOU_COUNT_WATCHED;
    case BIJOU_CENSUS_UNWATCHED:
      return BIJOU_COUNT_UNWATCHED;
    case BIJOU_CENSUS_ROWS:
    default:
      return BIJOU_COUNT_ALL;
    }
}

static char *
make_census_name (BijouCensus *census)
{
  return g_strdup_printf ("census:%d:%u:%s", census->what, census->kinds,
                          census->library_id != NULL ? census->library_id : "");
}

static gint64
get_difference (BijouSyncDelta *self, BijouCensus *census)
{
  return census->count - bijou_store_count_rows (self->store, self->server_id, census->library_id,
                                                 census->kinds, get_row_count (census->what));
}

/* The server may count rows that the mirror leaves out; that difference stays the same. */
static gboolean
agrees (BijouSyncDelta *self, BijouCensus *census)
{
  g_autofree char *name = make_census_name (census);

  return get_difference (self, census) == get_number (self->store, self->server_id, name);
}

static void
add_suspect (BijouSyncDelta *self, BijouLibrary *library, BijouItemKinds kinds)
{
  BijouSuspect *suspect;

  for (guint i = 0; i < self->suspects->len; i++)
    {
      suspect = self->suspects->pdata[i];
      if (suspect->library == library)
        kinds &= ~suspect->kinds;
    }
  if (kinds == 0)
    return;
  suspect = g_new0 (BijouSuspect, 1);
  g_set_object (&suspect->library, library);
  suspect->kinds = kinds;
  g_ptr_array_add (self->suspects, suspect);
}

static void
suspect_kinds (BijouSyncDelta *self, BijouLibrary *library, BijouItemKinds kinds)
{
  if (bijou_backend_mixes_kinds (self->backend))
    {
      add_suspect (self, library, kinds);
      return;
    }
  for (int kind = BIJOU_ITEM_MOVIE; kind <= BIJOU_ITEM_PLAYLIST; kind++)
    if ((kinds & BIJOU_ITEM_KIND_BIT (kind)) != 0)
      add_suspect (self, library, BIJOU_ITEM_KIND_BIT (kind));
}

/* Where rows are missing, their seasons and shows may be gone too; what is in no list of its own
 * library belongs to none. */
static BijouItemKinds
widen (BijouLibrary *library, BijouCensus *census)
{
  BijouItemKinds kinds = census->kinds & get_kinds (library);

  if (kinds != 0 && census->what == BIJOU_CENSUS_ROWS)
    kinds = get_kinds (library);
  if (census->library_id != NULL)
    kinds |= census->kinds & BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_COLLECTION);
  return kinds;
}

static void
suspect_census (BijouSyncDelta *self, BijouCensus *census)
{
  g_debug ("%s has another number of rows than the mirror", self->server_id);
  g_ptr_array_add (self->mismatches, census);
  for (guint i = 0; i < self->libraries->len; i++)
    {
      BijouLibrary *library = self->libraries->pdata[i];

      if (census->library_id == NULL || g_str_equal (census->library_id, library->remote_id))
        suspect_kinds (self, library, widen (library, census));
    }
  if (census->library_id == NULL && census->what == BIJOU_CENSUS_ROWS)
    suspect_kinds (self, NULL, census->kinds & LISTS);
}

/* --- small libraries --- */

static gboolean
are_small (BijouSyncDelta *self)
{
  for (guint i = 0; i < self->libraries->len; i++)
    {
      BijouLibrary *library = self->libraries->pdata[i];

      if (bijou_store_count_rows (self->store, self->server_id, library->remote_id, PLAYABLE,
                                  BIJOU_COUNT_ALL) > SMALL_ROWS)
        return FALSE;
    }
  return TRUE;
}

static void
suspect_all (BijouSyncDelta *self)
{
  for (guint i = 0; i < self->libraries->len; i++)
    suspect_kinds (self, self->libraries->pdata[i],
                   get_kinds (self->libraries->pdata[i]) & PLAYABLE);
  /* Other servers tell with each answer how many lists they have. */
  if (bijou_backend_mixes_kinds (self->backend))
    add_suspect (self, NULL, LISTS);
}

/* --- the run --- */

static char *
make_tag_name (BijouLibrary *library)
{
  return g_strconcat ("tag:", library->remote_id, NULL);
}

static GHashTable *
read_tags (BijouSyncDelta *self)
{
  GHashTable *tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < self->libraries->len; i++)
    {
      BijouLibrary *library = self->libraries->pdata[i];
      g_autofree char *name = make_tag_name (library);
      char *tag = bijou_store_get_sync_value (self->store, self->server_id, name);

      if (tag != NULL)
        g_hash_table_insert (tags, g_strdup (library->remote_id), tag);
    }
  return tags;
}

static gboolean
fetch_news (BijouSyncDelta *self, gboolean small, GError **error)
{
  g_autoptr (GHashTable) tags = read_tags (self);
  g_autoptr (GHashTable) favourites = bijou_store_list_favourite_ids (self->store, self->server_id);
  BijouSyncResult *sum = self->results->pdata[self->results->len - 1];
  BijouDeltaQuery query = { .libraries = self->libraries,
                            .old_tags = tags,
                            .since = get_number (self->store, self->server_id, "news-since"),
                            .skips_state = small,
                            .n_favourites = g_hash_table_size (favourites),
                            .is_known = is_known,
                            .user_data = self };

  self->delta = bijou_backend_fetch_delta (self->backend, &query, self->cancellable, error);
  if (self->delta == NULL)
    return FALSE;
  sum->requests += self->delta->requests;
  sum->bytes += self->delta->bytes;
  return TRUE;
}

/**
 * bijou_sync_delta_run:
 * @self: a delta
 * @error: return location; %BIJOU_ERROR_UNSUPPORTED: a whole run is the way
 *
 * Asks for the news, writes them, and finds what is to be swept. Blocking.
 */
gboolean
bijou_sync_delta_run (BijouSyncDelta *self, GError **error)
{
  gint64 asked_at = g_get_real_time ();
  gboolean small = are_small (self);

  if (!fetch_news (self, small, error) ||
      !save_items (self, self->delta->items, asked_at, 0, error) ||
      !compare_favourites (self, error) || !compare_begun (self, asked_at, error))
    return FALSE;

  if (small)
    suspect_all (self);
  for (guint i = 0; i < self->delta->census->len; i++)
    if (!agrees (self, self->delta->census->pdata[i]))
      suspect_census (self, self->delta->census->pdata[i]);
  return TRUE;
}

/**
 * bijou_sync_delta_suspect_parents:
 * @self: a delta whose suspects were swept
 *
 * Where episodes went, their seasons and shows may be gone too: adds these to the suspects.
 */
void
bijou_sync_delta_suspect_parents (BijouSyncDelta *self)
{
  for (guint i = 0; i < self->libraries->len; i++)
    {
      BijouLibrary *library = self->libraries->pdata[i];

      if (find_result (self, library->remote_id)->removed > 0)
        suspect_kinds (self, library, get_kinds (library) & ~PLAYABLE);
    }
}

static void
keep_tags (BijouStore *store, const char *server_id, GPtrArray *libraries, gboolean forget)
{
  for (guint i = 0; i < libraries->len; i++)
    {
      BijouLibrary *library = libraries->pdata[i];
      g_autofree char *name = make_tag_name (library);

      bijou_store_set_sync_value (store, server_id, name, forget ? NULL : library->change_tag,
                                  NULL);
    }
}

/* The Date of an answer may be that of a proxy, and ahead of the clock that the rows' times are of:
 * where versions are times, what comes next cannot be older than the newest of them. */
static void
keep_since (BijouStore *store, const char *server_id, gint64 begun_at)
{
  gint64 newest = bijou_store_get_newest_time (store, server_id, begun_at);
  gint64 since = begun_at - OVERLAP_S;

  if (since > 0)
    set_number (store, server_id, "news-since", newest > 0 ? MIN (since, newest) : since);
}

/**
 * bijou_sync_delta_end:
 * @self: a delta whose suspects were swept well
 *
 * Keeps what the next one begins with.
 */
void
bijou_sync_delta_end (BijouSyncDelta *self)
{
  for (guint i = 0; i < self->mismatches->len; i++)
    {
      BijouCensus *census = self->mismatches->pdata[i];
      g_autofree char *name = make_census_name (census);

      set_number (self->store, self->server_id, name, get_difference (self, census));
    }
  keep_tags (self->store, self->server_id, self->libraries, FALSE);
  keep_since (self->store, self->server_id, self->begun_at);
}

/**
 * bijou_sync_delta_note_full:
 * @store: a store
 * @server_id: a known server
 * @libraries: (element-type BijouLibrary): all of them, mirrored whole
 * @begun_at: when that run began, seconds on the server's clock; 0 unknown
 * @resumed: it went on with one that was broken off: what changed meanwhile is still to be asked
 *
 * From now on news are enough.
 */
void
bijou_sync_delta_note_full (BijouStore *store,
                            const char *server_id,
                            GPtrArray *libraries,
                            gint64 begun_at,
                            gboolean resumed)
{
  keep_tags (store, server_id, libraries, resumed);
  keep_since (store, server_id, begun_at);
  set_number (store, server_id, "whole-at", get_now ());
}
