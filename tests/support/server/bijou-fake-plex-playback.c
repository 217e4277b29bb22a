#include "config.h"

#include "bijou-fake-plex.h"

#include <string.h>

#define MIN_RESUME_MS 60000
#define THRESHOLD_PERCENT 90

typedef struct
{
  guint id;
  GPtrArray *items; /* (owned) unowned items */
  guint selected;
  char *uri; /* (owned) */
} PlexQueue;

void
plex_queue_free (gpointer data)
{
  PlexQueue *queue = data;

  g_ptr_array_unref (queue->items);
  g_free (queue->uri);
  g_free (queue);
}

/* ---- watch state ---- */

static void
mark_watched (BijouFakePlex *self, BijouFakeItem *item, guint user)
{
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, user);

  state->played = TRUE;
  state->view_count++;
  state->position_ms = 0;
  state->viewed_at = MAX (g_get_real_time () / G_USEC_PER_SEC, state->viewed_at);
}

static void
mark_unwatched (BijouFakePlex *self, BijouFakeItem *item, guint user)
{
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, user);

  state->played = FALSE;
  state->view_count = 0;
  state->position_ms = 0;
  state->viewed_at = 0;
}

static void
scrobble (BijouFakePlex *self, BijouFakeExchange *x, gboolean watched)
{
  const char *key = fake_param (x, "key");
  BijouFakeItem *item = key != NULL ? plex_find_item (self, key) : NULL;
  g_autoptr (GPtrArray) leaves = NULL;

  if (item == NULL || fake_param (x, "identifier") == NULL)
    {
      fake_fail (x, item == NULL ? 404 : 400);
      return;
    }
  leaves = bijou_fake_library_get_leaves (item);
  for (guint i = 0; i < leaves->len; i++)
    if (watched)
      mark_watched (self, g_ptr_array_index (leaves, i), x->user);
    else
      mark_unwatched (self, g_ptr_array_index (leaves, i), x->user);
  bijou_fake_library_save_state (self->library);
  plex_reply_ok (x);
}

static void
rate (BijouFakePlex *self, BijouFakeExchange *x)
{
  const char *key = fake_param (x, "key");
  BijouFakeItem *item = key != NULL ? plex_find_item (self, key) : NULL;
  const char *rating = fake_param (x, "rating");

  if (item == NULL || rating == NULL)
    {
      fake_fail (x, item == NULL ? 404 : 400);
      return;
    }
  bijou_fake_library_get_state (self->library, item, x->user)->user_rating =
      MAX (0, g_ascii_strtod (rating, NULL));
  plex_reply_ok (x);
}

static gint64
get_threshold (BijouFakeItem *item)
{
  gint64 threshold = item->duration_ms * THRESHOLD_PERCENT / 100;

  /* The default behaviour: the earliest of the threshold and the first credits. */
  return item->credits_ms[0] > 0 ? MIN (threshold, item->credits_ms[0]) : threshold;
}

static void
store_time (BijouFakePlex *self,
            BijouFakeExchange *x,
            BijouFakeItem *item,
            gint64 time,
            const char *session)
{
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, x->user);
  g_autofree char *key = g_strdup_printf ("%s %u", session, item->index);

  if (time <= 0)
    return;
  if (time >= get_threshold (item))
    {
      if (g_hash_table_add (self->crossed, g_steal_pointer (&key)))
        mark_watched (self, item, x->user);
      return;
    }
  if (time > MIN_RESUME_MS)
    {
      state->position_ms = time;
      state->viewed_at = MAX (g_get_real_time () / G_USEC_PER_SEC, state->viewed_at);
    }
}

static void
reply_timeline (BijouFakePlex *self, BijouFakeExchange *x)
{
  const char *key = fake_param (x, "ratingKey");
  BijouFakeItem *item = key != NULL ? plex_find_item (self, key) : NULL;
  const char *state = fake_param (x, "state");
  gint64 time = fake_param_int (x, "time", 0);
  gint64 duration = fake_param_int (x, "duration", item != NULL ? item->duration_ms : 0);
  const char *session = plex_setting (x, "X-Plex-Session-Identifier");
  const char *client = plex_setting (x, "X-Plex-Client-Identifier");
  BijouFakeState *kept;
  FakeWriter *w;

  if (item == NULL || state == NULL || client == NULL || (duration > 0 && time > duration))
    {
      fake_fail (x, key != NULL && item == NULL ? 404 : 400);
      return;
    }
  store_time (self, x, item, time, session != NULL ? session : client);
  bijou_fake_library_save_state (self->library);
  plex_notify_playing (self, x, item, state, time);
  kept = bijou_fake_library_get_state (self->library, item, x->user);
  w = plex_begin (self, x);
  fake_int (w, "size", 0);
  fake_opt_int (w, "viewCount", kept->view_count);
  fake_opt_int (w, "viewOffset", kept->position_ms);
  if (self->terminate)
    {
      fake_int (w, "terminationCode", 2006);
      fake_str (w, "terminationText", "Admin terminated playback with reason: test");
    }
  plex_end (x, w);
}

/* ---- decision and transcoding ---- */

static gboolean
knows_platform (BijouFakeExchange *x)
{
  static const char *const platforms[] = { "Generic", "Chrome", "Firefox", "Android",
                                           "iOS",     "Roku",   "Konvergo" };
  const char *platform = plex_setting (x, "X-Plex-Platform");
  const char *profile = plex_setting (x, "X-Plex-Client-Profile-Name");

  for (guint i = 0; i < G_N_ELEMENTS (platforms); i++)
    if (g_strcmp0 (platform, platforms[i]) == 0 || g_strcmp0 (profile, platforms[i]) == 0)
      return TRUE;
  return FALSE;
}

static const char *
get_session (BijouFakeExchange *x)
{
  const char *session = fake_param (x, "session");

  if (session == NULL)
    session = fake_param (x, "transcodeSessionId");
  return session != NULL ? session : plex_setting (x, "X-Plex-Session-Identifier");
}

static BijouFakeItem *
get_path_item (BijouFakePlex *self, BijouFakeExchange *x)
{
  const char *path = fake_param (x, "path");
  const char *slash = path != NULL ? strrchr (path, '/') : NULL;

  if (path == NULL || !g_str_has_prefix (path, "/library/metadata/"))
    return NULL;
  return plex_find_item (self, slash + 1);
}

static void
write_decided_stream (FakeWriter *w, BijouFakeItem *item, guint i, gboolean direct)
{
  static const char *const codecs[] = { "", "h264", "aac", "srt" };
  const BijouFakeStream *stream = &g_array_index (item->film->streams, BijouFakeStream, i);

  fake_object (w, NULL, "Stream");
  fake_strf (w, "id", "%u", plex_stream_id (item, i));
  fake_int (w, "streamType", stream->type);
  fake_str (w, "codec", direct ? stream->codec : codecs[stream->type]);
  if (stream->index >= 0)
    fake_int (w, "index", stream->index);
  if (!direct)
    fake_str (w, "decision", stream->type == BIJOU_FAKE_STREAM_VIDEO ? "transcode" : "copy");
  fake_str (w, "location",
            direct                                    ? "direct"
            : stream->type == BIJOU_FAKE_STREAM_VIDEO ? "segments-video"
                                                      : "segments-audio");
  fake_end (w);
}

static void
write_decided (FakeWriter *w, BijouFakeItem *item, gboolean second, gboolean direct)
{
  gint64 kbps = (second ? item->twin : item)->size * 8 / MAX (1, item->duration_ms);

  fake_array (w, "Metadata");
  fake_object (w, NULL, "Video");
  fake_strf (w, "ratingKey", "%u", item->index + PLEX_KEY_BASE);
  fake_str (w, "type", item->kind == BIJOU_FAKE_MOVIE ? "movie" : "episode");
  fake_str (w, "title", item->title);
  if (second)
    item = item->twin;
  fake_array (w, "Media");
  fake_object (w, NULL, "Media");
  fake_strf (w, "id", "%u", item->index + 300001);
  fake_str (w, "container", direct ? item->film->container : "mpegts");
  if (!direct)
    fake_str (w, "protocol", "hls");
  fake_int (w, "bitrate", kbps);
  fake_str (w, "aspectRatio", "1.78");
  fake_bool (w, "selected", TRUE);
  fake_array (w, "Part");
  fake_object (w, NULL, "Part");
  fake_strf (w, "id", "%u", item->index + 500001);
  if (direct)
    fake_strf (w, "key", "/library/parts/%u/%u/file.%s", item->index + 500001,
               plex_part_stamp (item), item->film->container);
  fake_strf (w, "requiredBandwidths", "%d,%d,%d", (int) kbps * 3, (int) kbps * 2, (int) kbps);
  fake_int (w, "size", item->size);
  fake_str (w, "decision", direct ? "directplay" : "transcode");
  fake_bool (w, "selected", TRUE);
  fake_array (w, "Stream");
  for (guint i = 0; i < item->film->streams->len; i++)
    write_decided_stream (w, item, i, direct);
  for (guint i = 0; i < 7; i++)
    fake_end (w);
}

static void
write_codes (FakeWriter *w, gboolean direct)
{
  static const char *const refused = "Direct play not available; Conversion OK.";

  fake_int (w, "directPlayDecisionCode", direct ? 1000 : 3000);
  fake_str (w, "directPlayDecisionText",
            direct ? "Direct play OK."
                   : "App cannot direct play this item. Direct play is disabled.");
  fake_int (w, "generalDecisionCode", direct ? 1000 : 1001);
  fake_str (w, "generalDecisionText", direct ? "Direct play OK." : refused);
  if (direct)
    {
      fake_int (w, "mdeDecisionCode", 1000);
      fake_str (w, "mdeDecisionText", "Direct play OK.");
      return;
    }
  fake_int (w, "transcodeDecisionCode", 1001);
  fake_str (w, "transcodeDecisionText", refused);
}

/* 200 all the same: only the codes tell. */
static void
reply_refusal (BijouFakePlex *self, BijouFakeExchange *x)
{
  FakeWriter *w = plex_begin (self, x);

  fake_int (w, "size", 0);
  fake_int (w, "generalDecisionCode", 2000);
  fake_str (w, "generalDecisionText", "Neither direct play nor conversion is available.");
  fake_int (w, "directPlayDecisionCode", 3000);
  fake_int (w, "transcodeDecisionCode", 4005);
  fake_str (w, "transcodeDecisionText", "No usable target.");
  plex_end (x, w);
}

static void
reply_decision (BijouFakePlex *self, BijouFakeExchange *x)
{
  BijouFakeItem *item = get_path_item (self, x);
  gboolean direct = plex_flag (x, "directPlay");
  const char *subtitles = fake_param (x, "subtitles");
  const char *session = get_session (x);
  FakeWriter *w;

  if (!knows_platform (x) || item == NULL || item->film == NULL ||
      (direct && g_strcmp0 (subtitles, "burn") == 0))
    {
      fake_fail (x, 400);
      return;
    }
  if (self->decision == PLEX_DECIDE_NOTHING)
    {
      reply_refusal (self, x);
      return;
    }
  direct = direct && self->decision == PLEX_DECIDE_AS_ASKED;
  if (session != NULL)
    g_hash_table_insert (self->decisions, g_strdup (session), item);
  w = plex_begin (self, x);
  fake_int (w, "size", 1);
  fake_str (w, "allowSync", "1");
  write_codes (w, direct);
  fake_str (w, "identifier", "com.plexapp.plugins.library");
  fake_strf (w, "librarySectionID", "%u", item->section);
  fake_str (w, "mediaTagVersion", "1734362201");
  fake_str (w, "resourceSession", session != NULL ? session : "none");
  write_decided (w, item, item->twin != NULL && fake_param_int (x, "mediaIndex", 0) == 1, direct);
  plex_end (x, w);
}

/* Segments are pieces of the film: real bytes only where the film itself is a transport stream. */
static void
reply_playlist (BijouFakePlex *self, BijouFakeExchange *x, BijouFakeItem *item)
{
  g_autoptr (GString) text =
      g_string_new ("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:8\n#EXT-X-MEDIA-SEQUENCE:0\n"
                    "#EXT-X-PLAYLIST-TYPE:VOD\n");

  for (gint64 at = 0, n = 0; at < item->duration_ms; at += 8000, n++)
    g_string_append_printf (text, "#EXTINF:%.3f,\n%05d.ts\n",
                            MIN (8000, item->duration_ms - at) / 1000.0, (int) n);
  g_string_append (text, "#EXT-X-ENDLIST\n");
  fake_reply (x, 200, "application/vnd.apple.mpegurl", text->str);
}

static void
reply_segment (BijouFakePlex *self, BijouFakeExchange *x, BijouFakeItem *item, const char *name)
{
  FakeMedia media = { 0 };

  media.seed = item->index * 1000 + g_ascii_strtoull (name, NULL, 10);
  media.size = 188 * 2000;
  media.type = "video/MP2T";
  fake_reply_media (x, &media);
}

static void
reply_start (BijouFakePlex *self, BijouFakeExchange *x)
{
  const char *session = get_session (x);
  g_autofree char *text = NULL;

  if (session == NULL || !g_hash_table_contains (self->decisions, session))
    {
      fake_fail (x, 400);
      return;
    }
  text = g_strdup_printf ("#EXTM3U\n#EXT-X-STREAM-INF:PROGRAM-ID=1,BANDWIDTH=3538000,RESOLUTION="
                          "1280x720,FRAME-RATE=24.000000\nsession/%s/base/index.m3u8\n",
                          session);
  fake_reply (x, 200, "application/vnd.apple.mpegurl", text);
}

static gboolean
handle_transcode (BijouFakePlex *self, BijouFakeExchange *x, const char *rest)
{
  g_auto (GStrv) ids = NULL;
  const char *session = get_session (x);
  BijouFakeItem *item;

  if (g_str_equal (rest, "/decision"))
    reply_decision (self, x);
  else if (g_str_has_prefix (rest, "/start"))
    reply_start (self, x);
  else if (g_str_equal (rest, "/ping") || g_str_equal (rest, "/stop"))
    {
      if (session == NULL || !g_hash_table_contains (self->decisions, session))
        fake_fail (x, 404);
      else
        plex_reply_ok (x);
      if (session != NULL && g_str_equal (rest, "/stop"))
        g_hash_table_remove (self->decisions, session);
    }
  else if ((ids = fake_match (rest, "/session/{}/base/{}")))
    {
      item = g_hash_table_lookup (self->decisions, ids[0]);
      if (item == NULL)
        fake_fail (x, 404);
      else if (g_str_has_suffix (ids[1], ".m3u8"))
        reply_playlist (self, x, item);
      else
        reply_segment (self, x, item, ids[1]);
    }
  else
    return FALSE;
  return TRUE;
}

/* ---- play queues ---- */

static void
reply_queue (BijouFakePlex *self, BijouFakeExchange *x, PlexQueue *queue)
{
  FakeWriter *w = plex_begin (self, x);
  PlexRows rows;

  fake_int (w, "size", queue->items->len);
  fake_str (w, "identifier", "com.plexapp.plugins.library");
  fake_int (w, "playQueueID", queue->id);
  fake_int (w, "playQueueSelectedItemID", queue->id * 1000 + queue->selected);
  fake_int (w, "playQueueSelectedItemOffset", queue->selected);
  fake_bool (w, "playQueueShuffled", FALSE);
  fake_str (w, "playQueueSourceURI", queue->uri);
  fake_int (w, "playQueueTotalCount", queue->items->len);
  fake_int (w, "playQueueVersion", 1);
  plex_rows_begin (&rows, self, x, w, PLEX_ROW_HUB);
  rows.queue = queue->id * 1000;
  fake_array (w, "Metadata");
  for (guint i = 0; i < queue->items->len; i++, rows.queue++)
    plex_write_row (&rows, g_ptr_array_index (queue->items, i));
  fake_end (w);
  plex_rows_end (&rows);
  plex_end (x, w);
}

static void
create_queue (BijouFakePlex *self, BijouFakeExchange *x)
{
  const char *uri = fake_param (x, "uri");
  g_autofree char *prefix =
      g_strdup_printf ("server://%s/com.plexapp.plugins.library/library/metadata/", self->machine);
  BijouFakeItem *item = NULL;
  PlexQueue *queue;

  if (uri != NULL && g_str_has_prefix (uri, prefix))
    {
      g_autofree char *key =
          g_strndup (uri + strlen (prefix), strcspn (uri + strlen (prefix), "/,"));

      item = plex_find_item (self, key);
    }
  if (item == NULL || plex_setting (x, "X-Plex-Client-Identifier") == NULL)
    {
      fake_fail (x, 400);
      return;
    }
  queue = g_new0 (PlexQueue, 1);
  queue->id = ++self->next_queue;
  queue->uri = g_strdup (uri);
  if (item->kind == BIJOU_FAKE_EPISODE && plex_flag (x, "continuous"))
    queue->items = bijou_fake_library_get_leaves (item->parent->parent);
  else
    queue->items = bijou_fake_library_get_leaves (item);
  g_ptr_array_find (queue->items, item, &queue->selected);
  if (item->children != NULL)
    queue->selected = 0;
  g_hash_table_insert (self->queues, GUINT_TO_POINTER (queue->id), queue);
  reply_queue (self, x, queue);
}

gboolean
plex_handle_playback (BijouFakePlex *self, BijouFakeExchange *x)
{
  static const char *const base = "/video/:/transcode/universal";
  g_auto (GStrv) ids = NULL;

  if (g_str_equal (x->path, "/:/timeline"))
    reply_timeline (self, x);
  else if (g_str_equal (x->path, "/:/scrobble"))
    scrobble (self, x, TRUE);
  else if (g_str_equal (x->path, "/:/unscrobble"))
    scrobble (self, x, FALSE);
  else if (g_str_equal (x->path, "/:/rate"))
    rate (self, x);
  else if (g_str_has_prefix (x->path, base))
    return handle_transcode (self, x, x->path + strlen (base));
  else if (g_str_equal (x->path, "/playQueues") && x->method == SOUP_METHOD_POST)
    create_queue (self, x);
  else if ((ids = fake_match (x->path, "/playQueues/{}")))
    {
      PlexQueue *queue = g_hash_table_lookup (
          self->queues, GUINT_TO_POINTER (g_ascii_strtoull (ids[0], NULL, 10)));

      if (queue != NULL)
        reply_queue (self, x, queue);
      else
        fake_fail (x, 404);
    }
  else
    return FALSE;
  return TRUE;
}
