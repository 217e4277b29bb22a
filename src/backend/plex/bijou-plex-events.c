#include "config.h"

#include "bijou-plex-events.h"

#include "bijou-json.h"
#include "bijou-plex-client.h"

#include <string.h>

/* What an entry of the timeline says of its item. */
#define STATE_READY 5
#define STATE_DELETED 9

/* The types of songs and photos, which nobody mirrors. */
#define FIRST_ARTIST_TYPE 8
#define LAST_TRACK_TYPE 10
#define FIRST_PHOTO_TYPE 13
#define LAST_PHOTO_TYPE 14

static gboolean
is_of_no_interest (int type)
{
  return (type >= FIRST_ARTIST_TYPE && type <= LAST_TRACK_TYPE) ||
         (type >= FIRST_PHOTO_TYPE && type <= LAST_PHOTO_TYPE);
}

/* Numbers in one shape, texts in the other. */
static char *
dup_key (JsonObject *entry, const char *name)
{
  g_autofree char *key = bijou_json_dup_text (entry, name);

  if (key == NULL || *key == '\0' || strspn (key, "0123456789") != strlen (key) ||
      g_ascii_strtoll (key, NULL, 10) <= 0)
    return NULL;
  return g_steal_pointer (&key);
}

static void
add_timeline (GPtrArray *events, JsonObject *entry)
{
  const char *identifier = bijou_json_get_string (entry, "identifier");
  gint64 state = bijou_json_get_int (entry, "state", -1);
  g_autofree char *key = dup_key (entry, "itemID");

  /* Programme guides write timelines of their own. */
  if (key == NULL || (identifier != NULL && strcmp (identifier, BIJOU_PLEX_IDENTIFIER) != 0))
    return;
  if (is_of_no_interest ((int) bijou_json_get_int (entry, "type", 0)))
    return;
  if (state == STATE_READY)
    g_ptr_array_add (events, bijou_event_new (BIJOU_EVENT_CHANGED, key));
  else if (state == STATE_DELETED)
    g_ptr_array_add (events, bijou_event_new (BIJOU_EVENT_REMOVED, key));
}

/* While it plays there is one each second, whose position says nothing new; the end counts. */
static void
add_playing (GPtrArray *events, JsonObject *session)
{
  g_autofree char *key = dup_key (session, "ratingKey");

  if (key != NULL && g_strcmp0 (bijou_json_get_string (session, "state"), "stopped") == 0)
    g_ptr_array_add (events, bijou_event_new (BIJOU_EVENT_TOUCHED, key));
}

static void
add_activity (GPtrArray *events, JsonObject *notification)
{
  JsonObject *activity = bijou_json_get_object (notification, "Activity");
  const char *event = bijou_json_get_string (notification, "event");
  const char *type = bijou_json_get_string (activity, "type");

  if (g_strcmp0 (event, "ended") == 0 && type != NULL &&
      g_str_has_prefix (type, "library.update.section"))
    g_ptr_array_add (events, bijou_event_new (BIJOU_EVENT_LIBRARY, NULL));
}

/**
 * bijou_plex_parse_event:
 * @text: a frame of `/:/websockets/notifications`, or the data of an event of
 *   `/:/eventsource/notifications`, which has no container and one object in place of an array
 * @length: its bytes
 *
 * Never fails: what is of no interest or cannot be understood gives no events. A mark in another
 * client is announced by nothing.
 *
 * Returns: (transfer full) (element-type BijouEvent): what it says
 */
GPtrArray *
bijou_plex_parse_event (const char *text, gsize length)
{
  static const struct
  {
    const char *name;
    void (*add) (GPtrArray *events, JsonObject *entry);
  } kinds[] = {
    { "TimelineEntry", add_timeline },
    { "PlaySessionStateNotification", add_playing },
    { "ActivityNotification", add_activity },
  };
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_event_free);
  g_autoptr (JsonObject) root = bijou_json_parse_object (text, (gssize) length, NULL);
  JsonObject *container = bijou_json_get_object (root, "NotificationContainer");

  if (container == NULL)
    container = root;
  for (guint i = 0; container != NULL && i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GPtrArray) entries = bijou_json_get_objects (container, kinds[i].name);

      for (guint j = 0; entries != NULL && j < entries->len; j++)
        kinds[i].add (events, g_ptr_array_index (entries, j));
    }
  return events;
}
