#include "config.h"

#include "bijou-jellyfin-events.h"

#include "bijou-jellyfin-parse.h"
#include "bijou-json.h"

#include <string.h>

/* Whatever a server asks for, it hears from us neither all the time nor hardly ever. */
#define MIN_KEEP_ALIVE_S 10
#define MAX_KEEP_ALIVE_S 600

static void
take_keep_alive (JsonObject *message, BijouEventReply *reply)
{
  gint64 seconds = bijou_json_get_int (message, "Data", 0);

  reply->text = g_strdup ("{\"MessageType\":\"KeepAlive\"}");
  reply->every_s = (guint) (CLAMP (seconds, MIN_KEEP_ALIVE_S, MAX_KEEP_ALIVE_S) / 2);
}

static void
add_user_data (GPtrArray *events, JsonObject *data, const char *server_id, const char *user_id)
{
  g_autofree char *user = bijou_jellyfin_normalise_id (bijou_json_get_string (data, "UserId"));
  g_autoptr (GPtrArray) list = NULL;

  if (user_id != NULL && g_strcmp0 (user, user_id) != 0)
    return;

  list = bijou_json_get_objects (data, "UserDataList");
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      BijouItem *state = bijou_jellyfin_parse_state (g_ptr_array_index (list, i), server_id);

      if (state != NULL)
        g_ptr_array_add (events, bijou_event_new_state (state));
    }
}

static guint
add_ids (GPtrArray *events, JsonObject *data, const char *name, BijouEventKind kind)
{
  g_auto (GStrv) ids = bijou_json_dup_strings (data, name, NULL);
  guint n = 0;

  for (guint i = 0; ids != NULL && ids[i] != NULL; i++)
    {
      g_autofree char *id = bijou_jellyfin_normalise_id (ids[i]);

      if (id == NULL)
        continue;
      g_ptr_array_add (events, bijou_event_new (kind, id));
      n++;
    }
  return n;
}

/* The views of new items are not told: `CollectionFolders` names all of them. */
static void
add_library (GPtrArray *events, JsonObject *data)
{
  g_auto (GStrv) added = bijou_json_dup_strings (data, "ItemsAdded", NULL);
  guint n = add_ids (events, data, "ItemsUpdated", BIJOU_EVENT_CHANGED) +
            add_ids (events, data, "ItemsRemoved", BIJOU_EVENT_REMOVED);

  if ((added != NULL && added[0] != NULL) ||
      (n == 0 && !bijou_json_get_boolean (data, "IsEmpty", FALSE)))
    g_ptr_array_add (events, bijou_event_new (BIJOU_EVENT_LIBRARY, NULL));
}

/**
 * bijou_jellyfin_parse_event:
 * @text: a frame of `/socket`
 * @length: its bytes
 * @server_id: the server
 * @user_id: (nullable): whose play state counts, %NULL any
 * @reply: (inout): filled when the server wants to be answered
 *
 * Never fails: what is of no interest (a scan sends 20 `RefreshProgress` a second) or cannot be
 * understood gives no events.
 *
 * Returns: (transfer full) (element-type BijouEvent): what it says
 */
GPtrArray *
bijou_jellyfin_parse_event (const char *text,
                            gsize length,
                            const char *server_id,
                            const char *user_id,
                            BijouEventReply *reply)
{
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_event_free);
  g_autoptr (JsonObject) message = bijou_json_parse_object (text, (gssize) length, NULL);
  const char *type = bijou_json_get_string (message, "MessageType");
  JsonObject *data = bijou_json_get_object (message, "Data");

  if (type == NULL)
    return events;
  if (strcmp (type, "ForceKeepAlive") == 0)
    take_keep_alive (message, reply);
  else if (strcmp (type, "UserDataChanged") == 0)
    add_user_data (events, data, server_id, user_id);
  else if (strcmp (type, "LibraryChanged") == 0 && data != NULL)
    add_library (events, data);
  return events;
}
