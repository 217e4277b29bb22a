#include "config.h"

#include "bijou-store-private.h"

/**
 * bijou_library_state_free:
 * @self: (transfer full): a state
 */
void
bijou_library_state_free (BijouLibraryState *self)
{
  g_object_unref (self->library);
  g_free (self);
}

static BijouLibraryState *
find_state (GPtrArray *states, gint64 library)
{
  for (guint i = 0; i < states->len; i++)
    {
      BijouLibraryState *state = g_ptr_array_index (states, i);

      if (state->library->id == library)
        return state;
    }
  return NULL;
}

static void
count (BijouLibraryState *state, BijouItemKind kind, gint64 n)
{
  switch (kind)
    {
    case BIJOU_ITEM_MOVIE:
      state->movies = n;
      break;
    case BIJOU_ITEM_SHOW:
      state->shows = n;
      break;
    case BIJOU_ITEM_EPISODE:
      state->episodes = n;
      break;
    case BIJOU_ITEM_VIDEO:
      state->videos = n;
      break;
    case BIJOU_ITEM_SEASON:
    case BIJOU_ITEM_COLLECTION:
    case BIJOU_ITEM_PLAYLIST:
    case BIJOU_ITEM_UNKNOWN:
    default:
      break;
    }
}

static void
count_items (BijouDatabase *database, const char *server_id, GPtrArray *states, GError **error)
{
  sqlite3_stmt *row =
      bijou_database_query (database, error,
                            "SELECT i.library, i.kind, count (*) FROM library l"
                            " JOIN server s ON s.pk = l.server JOIN item i ON i.library = l.pk"
                            " WHERE s.id = ? GROUP BY i.library, i.kind",
                            "t", server_id);

  while (bijou_database_next (database, row, error))
    {
      BijouLibraryState *state = find_state (states, sqlite3_column_int64 (row, 0));
      const char *kind = (const char *) sqlite3_column_text (row, 1);

      if (state != NULL)
        count (state, bijou_item_kind_from_string (kind), sqlite3_column_int64 (row, 2));
    }
}

/* A library is as old as the oldest of its lists, and not whole while one of them is not. */
static void
read_runs (BijouDatabase *database, const char *server_id, GPtrArray *states, GError **error)
{
  sqlite3_stmt *row =
      bijou_database_query (database, error,
                            "SELECT l.pk, min (r.generation), max (r.running) FROM library l"
                            " JOIN server s ON s.pk = l.server"
                            " JOIN sync_run r ON r.server = l.server AND r.library = l.remote_id"
                            " WHERE s.id = ? GROUP BY l.pk",
                            "t", server_id);

  while (bijou_database_next (database, row, error))
    {
      BijouLibraryState *state = find_state (states, sqlite3_column_int64 (row, 0));

      if (state == NULL)
        continue;
      state->unfinished = sqlite3_column_int (row, 2);
      if (!state->unfinished)
        state->complete_at = sqlite3_column_int64 (row, 1) / G_USEC_PER_SEC;
    }
}

static GPtrArray *
create_states (GPtrArray *libraries)
{
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_library_state_free);

  for (guint i = 0; i < libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (libraries, i);
      BijouLibraryState *state;

      state = g_new0 (BijouLibraryState, 1);
      state->library = g_object_ref (library);
      g_ptr_array_add (states, state);
    }
  return states;
}

/**
 * bijou_store_list_library_states:
 * @self: a store
 * @server_id: a server
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type BijouLibraryState): what is here of each
 *   library, also of those that are only listed, in the server's order
 */
GPtrArray *
bijou_store_list_library_states (BijouStore *self, const char *server_id, GError **error)
{
  g_autoptr (GPtrArray) libraries = bijou_store_list_libraries (self, server_id, error);
  g_autoptr (GPtrArray) states = NULL;
  g_autoptr (GError) local_error = NULL;
  BijouDatabase *database;

  if (libraries == NULL)
    return NULL;
  database = bijou_store_take_reader (self, error);
  if (database == NULL)
    return NULL;
  states = create_states (libraries);
  count_items (database, server_id, states, &local_error);
  if (local_error == NULL)
    read_runs (database, server_id, states, &local_error);
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_steal_pointer (&states);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}
