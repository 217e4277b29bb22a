#include "config.h"

#include "bijou-fake-jellyfin.h"

#include <string.h>

#define USER_DATA_DELAY_MS 500

static FakeWriter *
begin_message (BijouFakeJellyfin *self)
{
  FakeWriter *w = fake_writer_new (FAKE_WRITER_ASCII);
  guint64 r = bijou_fake_mix (g_get_monotonic_time ());

  fake_object (w, NULL, NULL);
  fake_strf (w, "MessageId", "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", r,
             bijou_fake_mix (r));
  return w;
}

static char *
end_message (FakeWriter *w, const char *type)
{
  GString *text;

  fake_str (w, "MessageType", type);
  fake_end (w);
  text = fake_writer_finish (w);
  fake_writer_free (w);
  return g_string_free (text, FALSE);
}

void
jellyfin_socket_open (gpointer data, SoupWebsocketConnection *socket, guint user)
{
  FakeWriter *w = begin_message (data);
  g_autofree char *text = NULL;

  fake_int (w, "Data", 60);
  text = end_message (w, "ForceKeepAlive");
  soup_websocket_connection_send_text (socket, text);
}

void
jellyfin_socket_message (gpointer data, SoupWebsocketConnection *socket, const char *text)
{
  g_autofree char *reply = NULL;

  if (strstr (text, "\"KeepAlive\"") == NULL)
    return;
  reply = end_message (begin_message (data), "KeepAlive");
  soup_websocket_connection_send_text (socket, reply);
}

static void
send_user_data (BijouFakeJellyfin *self, guint user)
{
  FakeWriter *w = begin_message (self);
  g_autofree char *text = NULL;
  GHashTableIter iter;
  gpointer item;
  char id[33];

  jellyfin_format (self, JELLYFIN_SPACE_USER, user, id);
  fake_object (w, "Data", NULL);
  fake_str (w, "UserId", id);
  fake_array (w, "UserDataList");
  g_hash_table_iter_init (&iter, self->changed_data[user]);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    {
      fake_object (w, NULL, NULL);
      jellyfin_write_user_data (self, w, item, user, TRUE);
      fake_end (w);
    }
  fake_end (w);
  fake_end (w);
  text = end_message (w, "UserDataChanged");
  fake_server_broadcast (self->server, user, text);
  g_hash_table_remove_all (self->changed_data[user]);
}

static gboolean
on_data_due_cb (gpointer data)
{
  BijouFakeJellyfin *self = data;

  self->data_timer = 0;
  for (guint user = 0; user < BIJOU_FAKE_USERS; user++)
    if (g_hash_table_size (self->changed_data[user]) > 0)
      send_user_data (self, user);
  return G_SOURCE_REMOVE;
}

void
jellyfin_note_user_data (BijouFakeJellyfin *self, BijouFakeItem *item, guint user)
{
  for (BijouFakeItem *i = item; i != NULL; i = i->parent)
    g_hash_table_add (self->changed_data[user], i);
  if (self->data_timer != 0)
    fake_server_remove_source (self->server, self->data_timer);
  self->data_timer = fake_server_timeout (self->server, USER_DATA_DELAY_MS, on_data_due_cb, self);
}

static void
write_ids (FakeWriter *w, const char *name, GPtrArray *ids)
{
  fake_array (w, name);
  for (guint i = 0; i < ids->len; i++)
    fake_str (w, NULL, g_ptr_array_index (ids, i));
  fake_end (w);
  g_ptr_array_set_size (ids, 0);
}

static gboolean
on_library_due_cb (gpointer data)
{
  BijouFakeJellyfin *self = data;
  FakeWriter *w = begin_message (self);
  GPtrArray *sections = bijou_fake_library_get_sections (self->library);
  g_autofree char *text = NULL;

  self->library_timer = 0;
  fake_object (w, "Data", NULL);
  fake_array (w, "FoldersAddedTo");
  fake_end (w);
  fake_array (w, "FoldersRemovedFrom");
  fake_end (w);
  write_ids (w, "ItemsAdded", self->added);
  write_ids (w, "ItemsRemoved", self->removed);
  write_ids (w, "ItemsUpdated", self->updated);
  fake_array (w, "CollectionFolders");
  for (guint i = 0; i < sections->len; i++)
    {
      char id[33];

      jellyfin_format (self, JELLYFIN_SPACE_VIEW,
                       ((BijouFakeSection *) g_ptr_array_index (sections, i))->id, id);
      fake_str (w, NULL, id);
    }
  fake_end (w);
  fake_bool (w, "IsEmpty", FALSE);
  fake_end (w);
  text = end_message (w, "LibraryChanged");
  fake_server_broadcast (self->server, G_MAXUINT, text);
  return G_SOURCE_REMOVE;
}

void
jellyfin_note_library (BijouFakeJellyfin *self, BijouFakeItem *item, FakeChange change)
{
  GPtrArray *ids = change == FAKE_CHANGE_ADDED     ? self->added
                   : change == FAKE_CHANGE_REMOVED ? self->removed
                                                   : self->updated;
  char id[33];

  jellyfin_format (self, JELLYFIN_SPACE_ITEM, item->index, id);
  g_ptr_array_add (ids, g_strdup (id));
  /* After the last change: a scan that goes on keeps it back. */
  if (self->library_timer != 0)
    fake_server_remove_source (self->server, self->library_timer);
  self->library_timer =
      fake_server_timeout (self->server, self->library_delay_ms, on_library_due_cb, self);
}
