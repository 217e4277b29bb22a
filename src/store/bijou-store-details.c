#include "config.h"

#include "bijou-store-private.h"

#include "bijou-json.h"

#define SETTLED_US (15 * G_USEC_PER_SEC)

static char *
join_people (GPtrArray *people)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < people->len; i++)
    {
      BijouPerson *person = g_ptr_array_index (people, i);

      g_string_append_printf (names, "%s%s", i > 0 ? "\n" : "", person->name);
    }
  return g_string_free (names, FALSE);
}

typedef struct
{
  BijouDetail *detail; /* (unowned) */
  char *json;          /* (owned) */
  char *people;        /* (owned) */
} SaveDetail;

static void
save_detail_free (gpointer data)
{
  SaveDetail *save = data;

  g_free (save->json);
  g_free (save->people);
  g_free (save);
}

static void
note_change (BijouStoreChange *change, BijouRowResult result, gint64 id)
{
  change->flags |= BIJOU_STORE_DETAILS;
  if (result == BIJOU_ROW_ADDED || result == BIJOU_ROW_MOVED)
    change->flags |= BIJOU_STORE_ITEMS;
  else
    change->flags |= BIJOU_STORE_PLAY_STATE;
  if (result == BIJOU_ROW_MOVED)
    g_clear_pointer (&change->library_id, g_free);
  bijou_store_change_add (change, id);
}

static gboolean
save_one (BijouDatabase *database, const SaveDetail *save, BijouStoreChange *change, GError **error)
{
  BijouItem *item = save->detail->item;
  BijouRowWrite write = { .asked_at = g_get_real_time () - SETTLED_US };
  BijouRowResult result;
  gint64 id;

  write.server = bijou_store_require_server (database, item->server_id, error);
  if (write.server == 0)
    return FALSE;
  write.library = bijou_store_find_library (database, write.server, item->library_id);
  if (!bijou_store_write_row (database, item, &write, &id, NULL, &result, error))
    return FALSE;

  note_change (change, result, id);
  return bijou_store_write_people (database, write.server, id, save->detail->people, error) &&
         bijou_database_change (database, error,
                                "UPDATE item SET people = ?1 WHERE id = ?2 AND people IS NOT ?1",
                                "tl", save->people, id) &&
         bijou_database_change (
             database, error,
             "INSERT OR REPLACE INTO detail (item, version_tag, fetched_at, json)"
             " VALUES (?, ?, ?, ?)",
             "ltlt", id, item->version_tag, save->detail->fetched_at, save->json);
}

static void
set_scope (BijouStoreChange *change, GPtrArray *saves)
{
  const SaveDetail *first = saves->len > 0 ? saves->pdata[0] : NULL;

  if (first != NULL)
    bijou_store_change_set_scope (change, first->detail->item->server_id,
                                  saves->len == 1 ? first->detail->item->library_id : NULL);
}

static gboolean
save_details_in_worker (BijouDatabase *database,
                        gpointer data,
                        BijouStoreChange *change,
                        GError **error)
{
  GPtrArray *saves = data;

  set_scope (change, saves);
  for (guint i = 0; i < saves->len; i++)
    if (!save_one (database, g_ptr_array_index (saves, i), change, error))
      return FALSE;
  return TRUE;
}

static SaveDetail *
save_detail_new (BijouDetail *detail, gint64 fetched_at)
{
  SaveDetail *save = g_new0 (SaveDetail, 1);
  g_autoptr (JsonNode) node = bijou_detail_to_json (detail);

  save->detail = detail;
  save->json = bijou_json_to_text (node);
  save->people = join_people (detail->people);
  detail->fetched_at = fetched_at;
  return save;
}

/**
 * bijou_store_save_detail:
 * @self: a store
 * @detail: what the server knows of one item, just fetched
 *
 * Its row is brought up to date too, and its people become searchable. Blocking; any thread.
 */
gboolean
bijou_store_save_detail (BijouStore *self, BijouDetail *detail, GError **error)
{
  g_autoptr (GPtrArray) saves = g_ptr_array_new_with_free_func (save_detail_free);

  g_ptr_array_add (saves, save_detail_new (detail, g_get_real_time () / G_USEC_PER_SEC));
  return bijou_store_write (self, save_details_in_worker, saves, error);
}

/**
 * bijou_store_save_details:
 * @self: a store
 * @details: (element-type BijouDetail): of several items, just fetched, without what is similar
 *
 * Like bijou_store_save_detail(), in one transaction; but the details count as old, so that a page
 * asks for the rest of them when it is opened. Blocking; any thread.
 */
gboolean
bijou_store_save_details (BijouStore *self, GPtrArray *details, GError **error)
{
  g_autoptr (GPtrArray) saves = g_ptr_array_new_with_free_func (save_detail_free);

  for (guint i = 0; i < details->len; i++)
    g_ptr_array_add (saves, save_detail_new (g_ptr_array_index (details, i), 0));
  return bijou_store_write (self, save_details_in_worker, saves, error);
}

/**
 * bijou_store_has_detail:
 * @self: a store
 * @item: an item as it is here
 *
 * Blocking; any thread.
 *
 * Returns: whether its details are here, of the version that the item has
 */
gboolean
bijou_store_has_detail (BijouStore *self, BijouItem *item)
{
  BijouDatabase *database = bijou_store_take_reader (self, NULL);
  gboolean has;

  if (database == NULL)
    return FALSE;
  has = bijou_database_get_int (database, 0,
                                "SELECT count (*) FROM detail d JOIN item i ON i.id = d.item"
                                " WHERE i.id = ? AND d.version_tag IS i.version_tag",
                                "l", item->id) > 0;
  bijou_store_give_reader (self, database);
  return has;
}

static BijouDetail *
get_detail (BijouDatabase *database, const char *server_id, const char *remote_id, GError **error)
{
  gint64 server = bijou_store_find_server (database, server_id);
  gint64 id = server != 0 ? bijou_store_find_row (database, server, remote_id) : 0;
  g_autoptr (BijouItem) item = id != 0 ? bijou_store_load_item (database, id, error) : NULL;
  g_autoptr (JsonNode) node = NULL;
  BijouDetail *detail;
  sqlite3_stmt *row;

  if (item == NULL)
    return NULL;
  row = bijou_database_query (database, error, "SELECT json, fetched_at FROM detail WHERE item = ?",
                              "l", id);
  if (!bijou_database_next (database, row, error))
    return NULL;
  node = bijou_json_parse ((const char *) sqlite3_column_text (row, 0), -1, error);
  detail = node != NULL ? bijou_detail_from_json (item, node) : NULL;
  if (detail != NULL)
    detail->fetched_at = sqlite3_column_int64 (row, 1);
  return detail;
}

/**
 * bijou_store_get_detail:
 * @self: a store
 * @server_id: its server
 * @remote_id: its identifier there
 *
 * Blocking; any thread. Fails with BIJOU_ERROR_NOT_FOUND when it was never fetched.
 *
 * Returns: (transfer full) (nullable): the detail, with the item as it is now
 */
BijouDetail *
bijou_store_get_detail (BijouStore *self,
                        const char *server_id,
                        const char *remote_id,
                        GError **error)
{
  BijouDatabase *database = bijou_store_take_reader (self, error);
  GError *local_error = NULL;
  BijouDetail *detail;

  if (database == NULL)
    return NULL;
  detail = get_detail (database, server_id, remote_id, &local_error);
  bijou_store_give_reader (self, database);
  if (detail == NULL && local_error == NULL)
    g_set_error (&local_error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND,
                 "The details of %s were not fetched yet", remote_id);
  if (local_error != NULL)
    g_propagate_error (error, local_error);
  return detail;
}
