#include "config.h"

#include "bijou-fake-control.h"

#include <string.h>

static const char *const kinds[] = {
  "movie", "show", "season", "episode", "collection", "playlist"
};

static BijouFakeItem *
find_item (BijouFakeServer *server, JsonObject *order, const char *name)
{
  JsonNode *node = json_object_get_member (order, name);

  if (node == NULL)
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return fake_server_get_protocol (server)->find_item (fake_server_get_protocol_data (server),
                                                         json_node_get_string (node));
  return bijou_fake_library_get_item (fake_server_get_library (server), json_node_get_int (node));
}

static void
announce (BijouFakeServer *server, BijouFakeItem *item, FakeChange change, guint user)
{
  const BijouFakeProtocol *protocol = fake_server_get_protocol (server);

  if (protocol->changed != NULL)
    protocol->changed (fake_server_get_protocol_data (server), item, change, user);
}

static void
add_item (BijouFakeServer *server, JsonObject *order, FakeWriter *reply)
{
  BijouFakeLibrary *library = fake_server_get_library (server);
  const char *word = json_object_get_string_member (order, "add");
  BijouFakeItem *parent = find_item (server, order, "parent");
  gint64 section = json_object_get_int_member_with_default (order, "section",
                                                            parent != NULL ? parent->section
                                                            : g_str_equal (word, "movie") ? 1
                                                                                          : 2);
  guint kind = 0;
  BijouFakeItem *item;

  while (kind < G_N_ELEMENTS (kinds) - 1 && !g_str_equal (kinds[kind], word))
    kind++;
  item = bijou_fake_library_add_item (
      library, kind, section, parent,
      json_object_get_string_member_with_default (order, "title", "New item"));
  item->number = json_object_get_int_member_with_default (order, "number", 1);
  item->year = 2026;
  item->added_at = item->updated_at = g_get_real_time () / G_USEC_PER_SEC;
  if (kind == BIJOU_FAKE_MOVIE || kind == BIJOU_FAKE_EPISODE)
    {
      item->duration_ms = json_object_get_int_member_with_default (order, "duration_ms", 3600000);
      bijou_fake_library_set_film (item, bijou_fake_library_add_film (library, NULL));
    }
  bijou_fake_library_sort (library);
  fake_int (reply, "index", item->index);
  announce (server, item, FAKE_CHANGE_ADDED, 0);
}

static void
mark_item (BijouFakeServer *server, BijouFakeItem *item, JsonObject *order)
{
  BijouFakeLibrary *library = fake_server_get_library (server);
  guint user = json_object_get_int_member_with_default (order, "user", 0);
  g_autoptr (GPtrArray) leaves = bijou_fake_library_get_leaves (item);

  for (guint i = 0; i < leaves->len; i++)
    {
      BijouFakeState *state =
          bijou_fake_library_get_state (library, g_ptr_array_index (leaves, i), user);

      if (json_object_has_member (order, "watched"))
        {
          state->played = json_object_get_boolean_member (order, "watched");
          state->view_count = state->played ? MAX (1, state->view_count + 1) : 0;
          state->position_ms = 0;
        }
      state->position_ms =
          json_object_get_int_member_with_default (order, "position_ms", state->position_ms);
      state->favourite =
          json_object_get_boolean_member_with_default (order, "favourite", state->favourite);
      state->viewed_at =
          state->played || state->position_ms > 0 ? g_get_real_time () / G_USEC_PER_SEC : 0;
    }
  if (!json_object_get_boolean_member_with_default (order, "quiet", FALSE))
    announce (server, item, FAKE_CHANGE_USER_DATA, user);
}

static void
write_state (BijouFakeServer *server, BijouFakeItem *item, JsonObject *order, FakeWriter *reply)
{
  BijouFakeState *state =
      bijou_fake_library_get_state (fake_server_get_library (server), item,
                                    json_object_get_int_member_with_default (order, "user", 0));

  fake_bool (reply, "played", state->played);
  fake_int (reply, "position_ms", state->position_ms);
  fake_int (reply, "view_count", state->view_count);
  fake_int (reply, "viewed_at", state->viewed_at);
  fake_bool (reply, "favourite", state->favourite);
  fake_int (reply, "audio_stream", state->audio_stream);
  fake_int (reply, "subtitle_stream", state->subtitle_stream);
  fake_real (reply, "user_rating", state->user_rating);
}

/* TRUE: an order about an item. */
static gboolean
run_item_order (BijouFakeServer *server, JsonObject *order, FakeWriter *reply)
{
  static const char *const names[] = {
    "remove", "rename", "touch", "mark", "change_file", "state"
  };
  BijouFakeLibrary *library = fake_server_get_library (server);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      BijouFakeItem *item;

      if (!json_object_has_member (order, names[i]))
        continue;
      item = library != NULL ? find_item (server, order, names[i]) : NULL;
      if (item == NULL)
        {
          fake_str (reply, "error", "no such item");
          return TRUE;
        }
      if (i == 0)
        bijou_fake_library_remove_item (library, item);
      else if (i == 1)
        bijou_fake_library_rename_item (library, item,
                                        json_object_get_string_member (order, "title"));
      else if (i == 2)
        bijou_fake_library_touch_item (library, item);
      else if (i == 3)
        mark_item (server, item, order);
      else if (i == 4)
        {
          item->change++;
          item->size = json_object_get_int_member_with_default (order, "size", item->size);
          bijou_fake_library_touch_item (library, item);
        }
      else
        write_state (server, item, order, reply);
      if (i == 0)
        announce (server, item, FAKE_CHANGE_REMOVED, 0);
      else if (i != 3 && i != 5)
        announce (server, item, FAKE_CHANGE_UPDATED, 0);
      return TRUE;
    }
  return FALSE;
}

static void
run_server_order (BijouFakeServer *server, JsonObject *order, FakeWriter *reply)
{
  const BijouFakeProtocol *protocol = fake_server_get_protocol (server);
  g_autoptr (GError) error = NULL;

  if (json_object_has_member (order, "fault"))
    {
      guint id =
          fake_server_add_fault (server, json_object_get_string_member (order, "fault"), &error);

      if (id == 0)
        fake_str (reply, "error", error->message);
      else
        fake_int (reply, "id", id);
    }
  else if (json_object_has_member (order, "clear_fault"))
    fake_server_clear_fault (server, json_object_get_int_member (order, "clear_fault"));
  else if (json_object_has_member (order, "clear_faults"))
    fake_server_clear_fault (server, 0);
  else if (json_object_has_member (order, "reset_log"))
    bijou_fake_log_reset (fake_server_get_log (server));
  else if (json_object_has_member (order, "latency") || json_object_has_member (order, "bandwidth"))
    fake_server_set_pace (server, json_object_get_int_member_with_default (order, "latency", -1),
                          json_object_get_int_member_with_default (order, "bandwidth", -1));
  else if (json_object_has_member (order, "page_cap"))
    fake_server_set_page_cap (server, json_object_get_int_member (order, "page_cap"));
  else if (json_object_has_member (order, "drop_sockets"))
    fake_server_drop_sockets (server);
  else if (json_object_has_member (order, "sockets"))
    fake_int (reply, "sockets", fake_server_get_n_sockets (server));
  else if (json_object_has_member (order, "send"))
    fake_server_broadcast (server, G_MAXUINT, json_object_get_string_member (order, "send"));
  else if (json_object_has_member (order, "refuse"))
    fake_server_refuse_soon (server, json_object_get_boolean_member (order, "refuse"),
                             json_object_get_int_member_with_default (order, "for_ms", 0));
  else if (json_object_has_member (order, "add"))
    add_item (server, order, reply);
  else if (json_object_has_member (order, "add_section"))
    bijou_fake_library_add_section (
        fake_server_get_library (server),
        g_strcmp0 (json_object_get_string_member (order, "add_section"), "show") == 0
            ? BIJOU_FAKE_SHOW
            : BIJOU_FAKE_MOVIE,
        json_object_get_string_member_with_default (order, "title", "New library"));
  else if (protocol->order == NULL ||
           !protocol->order (fake_server_get_protocol_data (server), order, reply))
    fake_str (reply, "error", "no such order");
}

char *
fake_control_run (BijouFakeServer *server, const char *orders)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (FakeWriter) reply = fake_writer_new (FAKE_WRITER_JSON);
  g_autoptr (GError) error = NULL;
  JsonNode *root = NULL;

  fake_object (reply, NULL, NULL);
  if (!json_parser_load_from_data (parser, orders, -1, &error))
    fake_str (reply, "error", error->message);
  else if ((root = json_parser_get_root (parser)) != NULL && JSON_NODE_HOLDS_OBJECT (root))
    {
      JsonObject *order = json_node_get_object (root);

      if (!run_item_order (server, order, reply))
        run_server_order (server, order, reply);
    }
  else if (root != NULL && JSON_NODE_HOLDS_ARRAY (root))
    {
      JsonArray *array = json_node_get_array (root);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          JsonObject *order = json_array_get_object_element (array, i);

          if (!run_item_order (server, order, reply))
            run_server_order (server, order, reply);
        }
    }
  fake_end (reply);
  return g_string_free (fake_writer_finish (reply), FALSE);
}

static char *
list_items (BijouFakeServer *server)
{
  BijouFakeLibrary *library = fake_server_get_library (server);
  g_autoptr (FakeWriter) w = fake_writer_new (FAKE_WRITER_JSON);

  fake_array (w, NULL);
  for (guint i = 0; library != NULL && i < bijou_fake_library_get_n_items (library); i++)
    {
      BijouFakeItem *item = bijou_fake_library_get_item (library, i);
      char id[33];

      if (item == NULL)
        continue;
      fake_object (w, NULL, NULL);
      fake_int (w, "index", item->index);
      fake_str (w, "kind", kinds[item->kind]);
      if (fake_server_get_protocol (server) == &bijou_fake_jellyfin_protocol)
        bijou_fake_library_format_id (library, 0, item->index, id);
      else
        g_snprintf (id, sizeof id, "%u", item->index + 1001);
      fake_str (w, "id", id);
      fake_str (w, "title", item->title);
      fake_end (w);
    }
  fake_end (w);
  return g_string_free (fake_writer_finish (w), FALSE);
}

void
fake_control_reply (BijouFakeServer *server, SoupServerMessage *message, const char *path)
{
  g_autofree char *text = NULL;
  const char *method = soup_server_message_get_method (message);

  if (g_str_equal (method, "POST"))
    {
      g_autoptr (GBytes) body =
          soup_message_body_flatten (soup_server_message_get_request_body (message));
      gsize size;
      const char *data = g_bytes_get_data (body, &size);
      g_autofree char *orders = g_strndup (data != NULL ? data : "", size);

      text = fake_control_run (server, orders);
    }
  else if (g_str_has_suffix (path, "/items"))
    text = list_items (server);
  else
    text = bijou_fake_log_dup_lines (fake_server_get_log (server));
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}
