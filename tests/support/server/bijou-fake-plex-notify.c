#include "config.h"

#include "bijou-fake-plex.h"

#include <string.h>

/* ---- event streams ---- */

static void
append_event (BijouFakeExchange *x, const char *text)
{
  SoupMessageBody *body = soup_server_message_get_response_body (x->message);

  soup_message_body_append (body, SOUP_MEMORY_COPY, text, strlen (text));
  soup_server_message_unpause (x->message);
}

void
plex_open_stream (BijouFakePlex *self, BijouFakeExchange *x)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (x->message);

  x->answered = TRUE;
  x->entry->status = 200;
  soup_server_message_set_status (x->message, 200, NULL);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  fake_set_header (x, "Content-Type", "text/event-stream");
  soup_message_body_set_accumulate (soup_server_message_get_response_body (x->message), FALSE);
  append_event (x, "event: ping\ndata: {}\n\n");
  g_ptr_array_add (self->streams, fake_exchange_ref (x));
}

void
plex_close_streams (BijouFakePlex *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    {
      BijouFakeExchange *x = g_ptr_array_index (self->streams, i);

      if (!x->finished)
        fake_kill_connection (x, FALSE);
    }
  g_ptr_array_set_size (self->streams, 0);
}

static void
append_streamed_node (GString *out, JsonNode *node)
{
  g_autofree char *text = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *member;

      g_string_append_c (out, '{');
      json_object_iter_init_ordered (&iter, json_node_get_object (node));
      while (json_object_iter_next_ordered (&iter, &name, &member))
        {
          if (out->str[out->len - 1] != '{')
            g_string_append_c (out, ',');
          g_string_append_printf (out, "\"%s\":", name);
          append_streamed_node (out, member);
        }
      g_string_append_c (out, '}');
      return;
    }
  text = json_to_string (node, FALSE);
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    g_string_append_printf (out, "\"%s\"", text);
  else
    g_string_append (out, text);
}

static void
send_events (BijouFakePlex *self, guint user, const char *frame)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GString) event = NULL;
  JsonObject *container;
  g_autoptr (GList) names = NULL;

  if (self->streams->len == 0)
    return;
  root = json_from_string (frame, NULL);
  container = json_object_get_object_member (json_node_get_object (root), "NotificationContainer");
  names = json_object_get_members (container);
  event = g_string_new (NULL);
  g_string_append_printf (
      event, "event: %s\ndata: {\"%s\":", json_object_get_string_member (container, "type"),
      (const char *) g_list_last (names)->data);
  append_streamed_node (
      event, json_array_get_element (
                 json_object_get_array_member (container, g_list_last (names)->data), 0));
  g_string_append (event, "}\n\n");
  for (guint i = self->streams->len; i > 0; i--)
    {
      BijouFakeExchange *x = g_ptr_array_index (self->streams, i - 1);

      if (x->finished)
        g_ptr_array_remove_index (self->streams, i - 1);
      else if (x->user == user)
        append_event (x, event->str);
    }
}

/* ---- what is told ---- */

static void
send_notification (BijouFakePlex *self, guint user, FakeWriter *w)
{
  g_autoptr (GString) text = NULL;

  fake_end (w);
  fake_end (w);
  fake_end (w);
  fake_end (w);
  text = fake_writer_finish (w);
  fake_server_broadcast (self->server, user, text->str);
  send_events (self, user, text->str);
  fake_writer_free (w);
}

static FakeWriter *
begin_notification (const char *type, const char *name)
{
  FakeWriter *w = fake_writer_new (FAKE_WRITER_JSON);

  fake_object (w, NULL, NULL);
  fake_object (w, "NotificationContainer", NULL);
  fake_str (w, "type", type);
  fake_int (w, "size", 1);
  fake_array (w, name);
  fake_object (w, NULL, NULL);
  return w;
}

void
plex_notify_timeline (BijouFakePlex *self, BijouFakeItem *item, int state)
{
  static const int types[] = { 1, 2, 3, 4, 18, 15 };
  FakeWriter *w = begin_notification ("timeline", "TimelineEntry");

  fake_str (w, "identifier", "com.plexapp.plugins.library");
  fake_strf (w, "sectionID", "%u", item->section);
  fake_strf (w, "itemID", "%u", item->index + PLEX_KEY_BASE);
  if (item->parent != NULL)
    fake_strf (w, "parentItemID", "%u", item->parent->index + PLEX_KEY_BASE);
  fake_int (w, "type", state == 9 ? -1 : types[item->kind]);
  fake_str (w, "title", item->title);
  fake_int (w, "state", state);
  if (state == 9)
    fake_str (w, "metadataState", "deleted");
  fake_int (w, "updatedAt", item->updated_at);
  /* Only the owner gets these. */
  send_notification (self, 0, w);
}

void
plex_notify_playing (BijouFakePlex *self,
                     BijouFakeExchange *x,
                     BijouFakeItem *item,
                     const char *state,
                     gint64 time_ms)
{
  const char *client = plex_setting (x, "X-Plex-Client-Identifier");
  FakeWriter *w = begin_notification ("playing", "PlaySessionStateNotification");

  fake_strf (w, "sessionKey", "%u", 84);
  fake_str (w, "clientIdentifier", client != NULL ? client : "");
  fake_str (w, "guid", "");
  fake_strf (w, "ratingKey", "%u", item->index + PLEX_KEY_BASE);
  fake_str (w, "url", "");
  fake_strf (w, "key", "/library/metadata/%u", item->index + PLEX_KEY_BASE);
  fake_int (w, "viewOffset", time_ms);
  fake_str (w, "state", state);
  send_notification (self, x->user, w);
}

void
plex_notify_activity (BijouFakePlex *self, BijouFakeItem *item)
{
  static const char *const events[] = { "started", "updated", "ended" };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      FakeWriter *w = begin_notification ("activity", "ActivityNotification");
      guint number = self->next_notification;

      if (i == 2)
        self->next_notification++;
      fake_str (w, "event", events[i]);
      fake_strf (w, "uuid", "00000000-0000-4000-9000-%012u", number);
      fake_object (w, "Activity", NULL);
      fake_strf (w, "uuid", "00000000-0000-4000-9000-%012u", number);
      fake_str (w, "type", "library.update.section");
      fake_bool (w, "cancellable", FALSE);
      fake_int (w, "userID", 1);
      fake_str (w, "title", "Scanning");
      fake_str (w, "subtitle", "");
      fake_int (w, "progress", (int) i * 50);
      if (i > 0)
        {
          fake_object (w, "Context", NULL);
          fake_strf (w, "librarySectionID", "%u", item->section);
          fake_end (w);
        }
      fake_end (w);
      send_notification (self, 0, w);
    }
}
