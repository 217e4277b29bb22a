#include "config.h"

#include "bijou-store-private.h"

/* The members of collections and playlists, in the server's order, and the people of items. */

typedef struct
{
  BijouItem *list;
  GPtrArray *ids; /* of char *, remote ids */
} SaveMembers;

/* What is not mirrored (music, libraries that this user does not sync) is left out. */
static GArray *
find_members (BijouDatabase *database, gint64 server, GPtrArray *remote_ids)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < remote_ids->len; i++)
    {
      gint64 id = bijou_store_find_row (database, server, remote_ids->pdata[i]);

      if (id != 0)
        g_array_append_val (ids, id);
    }
  return ids;
}

static gboolean
is_same_list (BijouDatabase *database, gint64 list, GArray *ids, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row =
      bijou_database_query (database, &local_error,
                            "SELECT item FROM member WHERE list = ? ORDER BY position", "l", list);
  gboolean same = TRUE;
  guint n = 0;

  while (bijou_database_next (database, row, &local_error))
    {
      same =
          same && n < ids->len && g_array_index (ids, gint64, n) == sqlite3_column_int64 (row, 0);
      n++;
    }
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return same && n == ids->len;
}

static gboolean
replace_list (BijouDatabase *database, gint64 list, GArray *ids, GError **error)
{
  if (!bijou_database_change (database, error, "DELETE FROM member WHERE list = ?", "l", list))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!bijou_database_change (database, error,
                                "INSERT INTO member (list, position, item) VALUES (?, ?, ?)", "lil",
                                list, (int) i, g_array_index (ids, gint64, i)))
      return FALSE;
  return TRUE;
}

static gboolean
save_members_in_worker (BijouDatabase *database,
                        gpointer data,
                        BijouStoreChange *change,
                        GError **error)
{
  SaveMembers *save = data;
  gint64 server = bijou_store_require_server (database, save->list->server_id, error);
  gint64 list = server != 0 ? bijou_store_find_row (database, server, save->list->remote_id) : 0;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GError) local_error = NULL;

  if (server == 0)
    return FALSE;
  if (list == 0)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "The list %s is not here",
                   save->list->remote_id);
      return FALSE;
    }
  ids = find_members (database, server, save->ids);
  bijou_store_change_set_scope (change, save->list->server_id, NULL);
  if (is_same_list (database, list, ids, &local_error))
    return TRUE;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  change->flags = BIJOU_STORE_ITEMS;
  g_clear_pointer (&change->ids, g_array_unref);
  return replace_list (database, list, ids, error);
}

/**
 * bijou_store_save_members:
 * @self: a store
 * @list: a collection or a playlist that is here
 * @remote_ids: (element-type utf8): all of its members in the server's order
 *
 * See bijou-store.h. Blocking; any thread.
 */
gboolean
bijou_store_save_members (BijouStore *self, BijouItem *list, GPtrArray *remote_ids, GError **error)
{
  SaveMembers save = { list, remote_ids };

  g_return_val_if_fail (BIJOU_IS_ITEM (list), FALSE);

  return bijou_store_write (self, save_members_in_worker, &save, error);
}

/* --- people --- */

static gboolean
write_person (BijouDatabase *database,
              gint64 server,
              gint64 item,
              int position,
              BijouPerson *person,
              GError **error)
{
  return bijou_database_change (database, error,
                                "INSERT INTO person (server, name, image) VALUES (?, ?, ?)"
                                " ON CONFLICT DO UPDATE SET image = excluded.image"
                                " WHERE excluded.image IS NOT NULL",
                                "ltt", server, person->name, person->image) &&
         bijou_database_change (database, error,
                                "INSERT INTO item_person (item, position, person, kind, role)"
                                " SELECT ?1, ?2, pk, ?5, ?6 FROM person"
                                " WHERE server = ?3 AND name = ?4",
                                "liltttt", item, position, server, person->name, person->kind,
                                person->role);
}

/* Replaces the people of one item. */
gboolean
bijou_store_write_people (
    BijouDatabase *database, gint64 server, gint64 item, GPtrArray *people, GError **error)
{
  if (!bijou_database_change (database, error, "DELETE FROM item_person WHERE item = ?", "l", item))
    return FALSE;
  for (guint i = 0; i < people->len; i++)
    if (!write_person (database, server, item, (int) i, g_ptr_array_index (people, i), error))
      return FALSE;
  return TRUE;
}

typedef struct
{
  const char *server_id;
  const char *name;
  GPtrArray *items; /* (unowned) of BijouItem */
} SavePerson;

/* Behind those whom its detail has, until that is fetched anew. */
static gboolean
add_person (BijouDatabase *database, gint64 person, gint64 item, GError **error)
{
  return bijou_database_change (
      database, error,
      "INSERT INTO item_person (item, position, person)"
      " SELECT ?1, coalesce ((SELECT max (position) FROM item_person WHERE item = ?1), -1) + 1, ?2"
      " WHERE NOT EXISTS (SELECT 1 FROM item_person WHERE item = ?1 AND person = ?2)",
      "ll", item, person);
}

static gboolean
save_person_in_worker (BijouDatabase *database,
                       gpointer data,
                       BijouStoreChange *change,
                       GError **error)
{
  SavePerson *save = data;
  gint64 server = bijou_store_require_server (database, save->server_id, error);
  gint64 person;

  if (server == 0 ||
      !bijou_database_change (database, error,
                              "INSERT OR IGNORE INTO person (server, name) VALUES (?, ?)", "lt",
                              server, save->name))
    return FALSE;
  person = bijou_database_get_int (
      database, 0, "SELECT pk FROM person WHERE server = ? AND name = ?", "lt", server, save->name);
  bijou_store_change_set_scope (change, save->server_id, NULL);
  for (guint i = 0; i < save->items->len; i++)
    {
      BijouItem *item = g_ptr_array_index (save->items, i);
      gint64 id = bijou_store_find_row (database, server, item->remote_id);

      if (id == 0)
        continue;
      if (!add_person (database, person, id, error))
        return FALSE;
      if (bijou_database_get_changes (database) > 0)
        change->flags = BIJOU_STORE_ITEMS;
    }
  if (change->flags != 0)
    g_clear_pointer (&change->ids, g_array_unref);
  return TRUE;
}

/**
 * bijou_store_save_person:
 * @self: a store
 * @server_id: a known server
 * @name: somebody
 * @items: (element-type BijouItem): what they are in; what is not mirrored is left out
 *
 * Whose details are not here are found by this person too from now on. Blocking; any thread.
 */
gboolean
bijou_store_save_person (
    BijouStore *self, const char *server_id, const char *name, GPtrArray *items, GError **error)
{
  SavePerson save = { server_id, name, items };

  return bijou_store_write (self, save_person_in_worker, &save, error);
}
