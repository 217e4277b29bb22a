#include "config.h"

#include "bijou-fake-plex.h"

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
