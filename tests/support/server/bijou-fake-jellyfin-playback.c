#include "config.h"

#include "bijou-fake-jellyfin.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_MAX_BITRATE 8000000

/* ---- bodies, whose names have no case ---- */

static JsonNode *
get_node (JsonObject *object, const char *name)
{
  g_autoptr (GList) members = object != NULL ? json_object_get_members (object) : NULL;

  for (GList *l = members; l != NULL; l = l->next)
    if (g_ascii_strcasecmp (l->data, name) == 0)
      return json_object_get_member (object, l->data);
  return NULL;
}

static gint64
get_int (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = get_node (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : fallback;
}

static gboolean
get_bool (JsonObject *object, const char *name, gboolean fallback)
{
  JsonNode *node = get_node (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_boolean (node) : fallback;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = get_node (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = get_node (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = get_node (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* ---- what the profile allows ---- */

static gboolean
names_word (const char *list, const char *word)
{
  g_auto (GStrv) words = NULL;

  if (list == NULL || *list == '\0')
    return TRUE;
  words = g_strsplit (list, ",", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (words[i]), word) == 0)
      return TRUE;
  return FALSE;
}

static const char *
get_codec (BijouFakeItem *item, BijouFakeStreamType type)
{
  for (guint i = 0; i < item->film->streams->len; i++)
    {
      BijouFakeStream *stream = &g_array_index (item->film->streams, BijouFakeStream, i);

      if (stream->type == type)
        return stream->codec;
    }
  return "";
}

static gboolean
profile_plays (JsonObject *profile, BijouFakeItem *item)
{
  JsonArray *list = get_array (profile, "DirectPlayProfiles");

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonObject *entry = json_array_get_object_element (list, i);

      if (g_strcmp0 (get_text (entry, "Type"), "Video") == 0 &&
          names_word (get_text (entry, "Container"), item->film->container) &&
          names_word (get_text (entry, "VideoCodec"), get_codec (item, BIJOU_FAKE_STREAM_VIDEO)) &&
          names_word (get_text (entry, "AudioCodec"), get_codec (item, BIJOU_FAKE_STREAM_AUDIO)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
profile_shows (JsonObject *profile, const BijouFakeStream *stream)
{
  JsonArray *list = get_array (profile, "SubtitleProfiles");

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonObject *entry = json_array_get_object_element (list, i);
      const char *method = get_text (entry, "Method");
      const char *format = get_text (entry, "Format");
      gboolean same = g_strcmp0 (format, stream->codec) == 0 ||
                      (strcmp (stream->codec, "subrip") == 0 &&
                       (g_strcmp0 (format, "srt") == 0 || g_strcmp0 (format, "vtt") == 0));

      if (same && (g_strcmp0 (method, "External") == 0 ||
                   (g_strcmp0 (method, "Embed") == 0 && stream->index >= 0)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
profile_converts (JsonObject *profile)
{
  JsonArray *list = get_array (profile, "TranscodingProfiles");

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    if (g_strcmp0 (get_text (json_array_get_object_element (list, i), "Type"), "Video") == 0)
      return TRUE;
  return FALSE;
}

static gint64
get_max_bitrate (BijouFakeExchange *x, JsonObject *body, JsonObject *profile)
{
  gint64 asked = get_int (body, "MaxStreamingBitrate", 0);

  if (asked <= 0)
    asked = fake_param_int (x, "maxStreamingBitrate", 0);
  return asked > 0 ? asked : get_int (profile, "MaxStreamingBitrate", DEFAULT_MAX_BITRATE);
}

static gboolean
plays_directly (
    BijouFakeExchange *x, JsonObject *body, JsonObject *profile, BijouFakeItem *item, int subtitle)
{
  const BijouFakeStream *stream = subtitle >= 0 ? jellyfin_get_stream (item, subtitle) : NULL;
  gint64 bitrate = item->size * 8000 / MAX (1, item->duration_ms);

  if (!get_bool (body, "EnableDirectPlay", TRUE))
    return FALSE;
  if (profile == NULL)
    return TRUE;
  return profile_plays (profile, item) && bitrate <= get_max_bitrate (x, body, profile) &&
         (stream == NULL || profile_shows (profile, stream));
}

static char *
make_transcoding_url (BijouFakeJellyfin *self,
                      BijouFakeExchange *x,
                      BijouFakeItem *item,
                      const char *play_session)
{
  JellyfinSession *session = x->session;
  g_autofree char *dashed = NULL;
  char id[33];

  jellyfin_format (self, JELLYFIN_SPACE_ITEM, item->index, id);
  dashed = jellyfin_dash (id);
  return g_strdup_printf ("/videos/%s/master.m3u8?DeviceId=%s&MediaSourceId=%s&VideoCodec=h264&"
                          "AudioCodec=aac&PlaySessionId=%s&%s=%s&TranscodeReasons="
                          "ContainerBitrateExceedsLimit",
                          dashed, session->device_id, id, play_session,
                          self->major == 10 && self->minor < 11 ? "api_key" : "ApiKey",
                          session->token);
}

static void
reply_playback_info (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *body = fake_body_json (x, &parser);
  JsonObject *profile = get_object (body, "DeviceProfile");
  BijouFakeItem *item = jellyfin_find_item (self, id);
  g_autofree char *url = NULL;
  char hex[33], play_session[33];
  const char *source_id = body != NULL ? get_text (body, "MediaSourceId") : NULL;
  JellyfinSource source = { .in_info = TRUE, .audio = -2, .subtitle = -2 };
  guint64 r = bijou_fake_mix (g_get_monotonic_time ());
  FakeWriter *w;

  if (item == NULL || item->film == NULL)
    {
      fake_fail (x, 404);
      return;
    }
  jellyfin_format (self, JELLYFIN_SPACE_ITEM, item->index, hex);
  g_snprintf (play_session, sizeof play_session,
              "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", r, bijou_fake_mix (r));
  if (source_id == NULL)
    source_id = fake_param (x, "mediaSourceId");
  if (item->twin != NULL && source_id != NULL && g_ascii_strcasecmp (source_id, hex) != 0)
    {
      item = item->twin;
      jellyfin_format (self, JELLYFIN_SPACE_ITEM, item->index, hex);
    }
  /* The choice of streams counts only together with the source. */
  if (source_id != NULL && g_ascii_strcasecmp (source_id, hex) == 0)
    {
      source.audio = get_int (body, "AudioStreamIndex", fake_param_int (x, "audioStreamIndex", -2));
      source.subtitle =
          get_int (body, "SubtitleStreamIndex", fake_param_int (x, "subtitleStreamIndex", -2));
    }
  source.direct = plays_directly (x, body, profile, item, source.subtitle);
  if (!source.direct && profile_converts (profile))
    source.transcode = url = make_transcoding_url (self, x, item, play_session);
  w = jellyfin_begin (self, x);
  fake_object (w, NULL, NULL);
  fake_array (w, "MediaSources");
  jellyfin_write_source (self, x, w, item, &source);
  if (source_id == NULL && item->twin != NULL)
    jellyfin_write_source (self, x, w, item->twin, &source);
  fake_end (w);
  fake_str (w, "PlaySessionId", play_session);
  fake_end (w);
  jellyfin_end (x, w);
}

/* ---- play state ---- */

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* The rule of progress and stop: under 5 % nothing is kept, over 90 % it is played. */
static void
store_position (BijouFakeJellyfin *self, BijouFakeExchange *x, BijouFakeItem *item, gint64 ticks)
{
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, x->user);
  gint64 ms = ticks / JELLYFIN_TICKS;
  gint64 percent_hundredths = item->duration_ms > 0 ? ms * 10000 / item->duration_ms : 10000;

  if (percent_hundredths < 500)
    {
      state->position_ms = 0;
      return;
    }
  if (percent_hundredths > 9000 || ms >= item->duration_ms - 1000 ||
      item->duration_ms < self->min_resume_s * 1000)
    {
      state->position_ms = 0;
      state->played = TRUE;
      return;
    }
  state->position_ms = ms;
  state->viewed_at = get_now ();
}

static void
report_start (BijouFakeJellyfin *self, BijouFakeExchange *x, BijouFakeItem *item)
{
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, x->user);

  state->view_count++;
  state->viewed_at = get_now ();
  if (self->major < 12)
    state->played = FALSE;
  if (x->session != NULL)
    ((JellyfinSession *) x->session)->playing = item;
  jellyfin_note_user_data (self, item, x->user);
}

static void
report_stop (BijouFakeJellyfin *self, BijouFakeExchange *x, BijouFakeItem *item, JsonObject *body)
{
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, x->user);
  JsonNode *position = get_node (body, "PositionTicks");

  if (x->session != NULL)
    ((JellyfinSession *) x->session)->playing = NULL;
  if (get_bool (body, "Failed", FALSE))
    return;
  if (position == NULL || JSON_NODE_HOLDS_NULL (position))
    {
      state->played = TRUE;
      state->view_count++;
      state->position_ms = 0;
    }
  else
    store_position (self, x, item, json_node_get_int (position));
  jellyfin_note_user_data (self, item, x->user);
}

static void
remember_streams (BijouFakeJellyfin *self,
                  BijouFakeExchange *x,
                  BijouFakeItem *item,
                  JsonObject *body)
{
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, x->user);
  gint64 audio = get_int (body, "AudioStreamIndex", -2);
  gint64 subtitle = get_int (body, "SubtitleStreamIndex", -2);

  /* 10.11 forgets the choice when a report does not name it. */
  if (audio >= 0 || self->major < 12)
    state->audio_stream = audio >= 0 ? audio + 1 : 0;
  if (subtitle >= -1 || self->major < 12)
    state->subtitle_stream = subtitle >= 0 ? subtitle + 1 : subtitle == -1 ? -1 : 0;
}

static void
report (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *what)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *body = fake_body_json (x, &parser);
  const char *id = body != NULL ? get_text (body, "ItemId") : NULL;
  BijouFakeItem *item = id != NULL ? jellyfin_find_item (self, id) : NULL;
  g_autofree char *hex = id != NULL ? jellyfin_normalize_id (id) : NULL;
  gint64 position = get_int (body, "PositionTicks", 0);

  if (body == NULL || (id != NULL && hex == NULL) || position < 0)
    {
      jellyfin_reply_problem (x, 400, "$", "body");
      return;
    }
  if (item == NULL)
    {
      fake_fail (x, 404);
      return;
    }
  if (g_str_equal (what, "start"))
    report_start (self, x, item);
  else if (g_str_equal (what, "progress"))
    store_position (self, x, item, position);
  else
    report_stop (self, x, item, body);
  if (!g_str_equal (what, "stop"))
    remember_streams (self, x, item, body);
  bijou_fake_library_save_state (self->library);
  fake_reply_empty (x, 204);
}

static void
reply_user_data (BijouFakeJellyfin *self, BijouFakeExchange *x, BijouFakeItem *item)
{
  FakeWriter *w = jellyfin_begin (self, x);

  fake_object (w, NULL, NULL);
  jellyfin_write_user_data (self, w, item, x->user, TRUE);
  fake_end (w);
  jellyfin_end (x, w);
}

static gint64
parse_date (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;

  if (text == NULL)
    return 0;
  if (strlen (text) == 14 && strspn (text, "0123456789") == 14)
    {
      int y, mo, d, h, mi, s;

      sscanf (text, "%4d%2d%2d%2d%2d%2d", &y, &mo, &d, &h, &mi, &s);
      time = g_date_time_new (utc, y, mo, d, h, mi, s);
    }
  else
    time = g_date_time_new_from_iso8601 (text, utc);
  return time != NULL ? g_date_time_to_unix (time) : 0;
}

static void
mark_played (BijouFakeJellyfin *self, BijouFakeExchange *x, BijouFakeItem *item, gboolean played)
{
  g_autoptr (GPtrArray) leaves = bijou_fake_library_get_leaves (item);
  gint64 date = parse_date (fake_param (x, "datePlayed"));

  for (guint i = 0; i < leaves->len; i++)
    {
      BijouFakeItem *leaf = g_ptr_array_index (leaves, i);
      BijouFakeState *state = bijou_fake_library_get_state (self->library, leaf, x->user);

      /* A second time changes neither the date nor the count. */
      if (played && !state->played)
        state->viewed_at = date != 0 ? date : get_now ();
      else if (played && date != 0)
        state->viewed_at = date;
      state->view_count = !played     ? 0
                          : date != 0 ? state->view_count + 1
                                      : MAX (1, state->view_count);
      state->viewed_at = played ? state->viewed_at : 0;
      state->played = played;
      state->position_ms = 0;
      if (leaf != item)
        jellyfin_note_user_data (self, leaf, x->user);
    }
  jellyfin_note_user_data (self, item, x->user);
  bijou_fake_library_save_state (self->library);
  reply_user_data (self, x, item);
}

static void
post_user_data (BijouFakeJellyfin *self, BijouFakeExchange *x, BijouFakeItem *item)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *body = fake_body_json (x, &parser);
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, x->user);

  if (body == NULL)
    {
      jellyfin_reply_problem (x, 400, "$", "body");
      return;
    }
  /* As it stands, with no rule at all. */
  state->position_ms =
      get_int (body, "PlaybackPositionTicks", state->position_ms * JELLYFIN_TICKS) / JELLYFIN_TICKS;
  state->played = get_bool (body, "Played", state->played);
  state->view_count = get_int (body, "PlayCount", state->view_count);
  state->favourite = get_bool (body, "IsFavorite", state->favourite);
  if (get_node (body, "Rating") != NULL)
    state->user_rating = json_node_get_double (get_node (body, "Rating"));
  if (get_text (body, "LastPlayedDate") != NULL)
    state->viewed_at = parse_date (get_text (body, "LastPlayedDate"));
  jellyfin_note_user_data (self, item, x->user);
  bijou_fake_library_save_state (self->library);
  reply_user_data (self, x, item);
}

static void
change_user_data (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id, const char *what)
{
  BijouFakeItem *item = jellyfin_find_item (self, id);
  gboolean post = x->method == SOUP_METHOD_POST;

  if (item == NULL)
    {
      fake_fail (x, 404);
      return;
    }
  if (g_str_equal (what, "played"))
    mark_played (self, x, item, post);
  else if (g_str_equal (what, "favourite"))
    {
      bijou_fake_library_get_state (self->library, item, x->user)->favourite = post;
      jellyfin_note_user_data (self, item, x->user);
      bijou_fake_library_save_state (self->library);
      reply_user_data (self, x, item);
    }
  else if (g_str_equal (what, "rating"))
    {
      bijou_fake_library_get_state (self->library, item, x->user)->user_rating = 0;
      reply_user_data (self, x, item);
    }
  else if (post)
    post_user_data (self, x, item);
  else
    reply_user_data (self, x, item);
}

/* One word that it does not know makes the whole body wrong. */
static void
post_capabilities (BijouFakeExchange *x)
{
  static const char *const words[] = { "MoveUp",
                                       "MoveDown",
                                       "MoveLeft",
                                       "MoveRight",
                                       "PageUp",
                                       "PageDown",
                                       "Select",
                                       "Back",
                                       "GoHome",
                                       "GoToSettings",
                                       "ToggleFullscreen",
                                       "DisplayContent",
                                       "DisplayMessage",
                                       "SetVolume",
                                       "VolumeUp",
                                       "VolumeDown",
                                       "Mute",
                                       "Unmute",
                                       "ToggleMute",
                                       "SetAudioStreamIndex",
                                       "SetSubtitleStreamIndex",
                                       "SetRepeatMode",
                                       "Play",
                                       "PlayState",
                                       "PlayNext",
                                       "PlayMediaSource",
                                       "PlayTrailers",
                                       "SetShuffleQueue",
                                       "ChannelUp",
                                       "ChannelDown",
                                       "ToggleOsd",
                                       "ToggleStats",
                                       "ToggleContextMenu",
                                       "TakeScreenshot",
                                       "SendKey",
                                       "SendString",
                                       "GoToSearch",
                                       "Guide",
                                       "SetMaxStreamingBitrate",
                                       "SetPlaybackOrder",
                                       "PreviousLetter",
                                       "NextLetter",
                                       NULL };
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *body = fake_body_json (x, &parser);
  JsonArray *commands = get_array (body, "SupportedCommands");

  if (body == NULL)
    {
      jellyfin_reply_problem (x, 400, "$", "body");
      return;
    }
  for (guint i = 0; commands != NULL && i < json_array_get_length (commands); i++)
    if (!g_strv_contains (words, json_array_get_string_element (commands, i)))
      {
        jellyfin_reply_problem (x, 400, "$.SupportedCommands", "command");
        return;
      }
  fake_reply_empty (x, 204);
}

/* ---- HLS: lists of made-up pieces ---- */

static void
reply_hls (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id, const char *file)
{
  BijouFakeItem *item = jellyfin_find_item (self, id);
  const char *query = g_uri_get_query (soup_server_message_get_uri (x->message));
  g_autoptr (GString) text = g_string_new ("#EXTM3U\n");

  if (item == NULL || item->film == NULL)
    {
      jellyfin_reply_error_text (x, 404);
      return;
    }
  x->chunked = FALSE;
  if (g_str_equal (file, "master.m3u8"))
    g_string_append_printf (text,
                            "#EXT-X-STREAM-INF:BANDWIDTH=1128000,AVERAGE-BANDWIDTH=1128000,"
                            "RESOLUTION=640x360,FRAME-RATE=24\nmain.m3u8?%s\n",
                            query != NULL ? query : "");
  else
    {
      g_string_append (text, "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-VERSION:3\n"
                             "#EXT-X-TARGETDURATION:3\n#EXT-X-MEDIA-SEQUENCE:0\n");
      for (gint64 at = 0, n = 0; at < item->duration_ms; at += 3000, n++)
        g_string_append_printf (text, "#EXTINF:%.6f, nodesc\nhls1/main/%d.ts?%s\n",
                                MIN (3000, item->duration_ms - at) / 1000.0, (int) n,
                                query != NULL ? query : "");
      g_string_append (text, "#EXT-X-ENDLIST\n");
    }
  fake_reply (x, 200, "application/vnd.apple.mpegurl", text->str);
}

static void
reply_segment (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id, const char *name)
{
  BijouFakeItem *item = jellyfin_find_item (self, id);
  FakeMedia media = { .size = 188 * 2000, .type = "video/mp2t" };

  if (item == NULL)
    {
      jellyfin_reply_error_text (x, 404);
      return;
    }
  x->chunked = FALSE;
  media.seed = item->index * 1000 + g_ascii_strtoull (name, NULL, 10);
  fake_reply_media (x, &media);
}

static gboolean
handle_reports (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path)
{
  if (g_str_equal (path, "/sessions/playing"))
    report (self, x, "start");
  else if (g_str_equal (path, "/sessions/playing/progress"))
    report (self, x, "progress");
  else if (g_str_equal (path, "/sessions/playing/stopped"))
    report (self, x, "stop");
  else if (g_str_equal (path, "/sessions/playing/ping"))
    {
      if (fake_param (x, "playSessionId") == NULL)
        jellyfin_reply_problem (x, 400, "playSessionId", "");
      else
        fake_reply_empty (x, 204);
    }
  else if (g_str_equal (path, "/sessions/capabilities/full"))
    post_capabilities (x);
  else if (g_str_equal (path, "/sessions/capabilities") ||
           g_str_equal (path, "/videos/activeencodings"))
    fake_reply_empty (x, 204);
  else
    return FALSE;
  return TRUE;
}

gboolean
jellyfin_handle_playback (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path)
{
  g_auto (GStrv) ids = NULL;

  if (handle_reports (self, x, path))
    return TRUE;
  if ((ids = fake_match (path, "/items/{}/playbackinfo")))
    reply_playback_info (self, x, ids[0]);
  else if ((ids = fake_match (path, "/userplayeditems/{}")))
    change_user_data (self, x, ids[0], "played");
  else if ((ids = fake_match (path, "/userfavoriteitems/{}")))
    change_user_data (self, x, ids[0], "favourite");
  else if ((ids = fake_match (path, "/useritems/{}/userdata")))
    change_user_data (self, x, ids[0], "data");
  else if (x->method == SOUP_METHOD_DELETE && (ids = fake_match (path, "/useritems/{}/rating")))
    change_user_data (self, x, ids[0], "rating");
  else if ((ids = fake_match (path, "/videos/{}/master.m3u8")))
    reply_hls (self, x, ids[0], "master.m3u8");
  else if ((ids = fake_match (path, "/videos/{}/main.m3u8")))
    reply_hls (self, x, ids[0], "main.m3u8");
  else if ((ids = fake_match (path, "/videos/{}/hls1/main/{}")))
    reply_segment (self, x, ids[0], ids[1]);
  else
    return FALSE;
  return TRUE;
}
