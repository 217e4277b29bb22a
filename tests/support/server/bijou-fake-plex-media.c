#include "config.h"

#include "bijou-fake-plex.h"

#include <string.h>

/* ---- films ---- */

static const char *
get_type (const char *container)
{
  if (g_str_equal (container, "mp4"))
    return "video/mp4";
  return g_str_equal (container, "webm") ? "video/webm" : "video/x-matroska";
}

static void
reply_part (BijouFakePlex *self, BijouFakeExchange *x, char **ids)
{
  BijouFakeItem *item =
      bijou_fake_library_get_item (self->library, g_ascii_strtoull (ids[0], NULL, 10) - 500001);
  FakeMedia media = { 0 };

  if (x->method == SOUP_METHOD_HEAD)
    {
      fake_fail (x, 500);
      return;
    }
  if (item == NULL || item->film == NULL ||
      g_ascii_strtoull (ids[1], NULL, 10) != plex_part_stamp (item))
    {
      fake_fail (x, 404);
      return;
    }
  if (plex_flag (x, "download"))
    {
      g_autofree char *name =
          g_strdup_printf ("attachment; filename=\"file.%s\"", item->film->container);

      if (self->no_downloads || x->user == 2)
        {
          fake_fail (x, 403);
          return;
        }
      fake_set_header (x, "Content-Disposition", name);
    }
  media.path = item->film->path;
  media.seed = item->index;
  media.size = item->size;
  media.type = get_type (item->film->container);
  media.modified = plex_part_stamp (item);
  fake_set_header (x, "X-Plex-Protocol", "1.0");
  fake_reply_media (x, &media);
}

static void
put_part (BijouFakePlex *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *item =
      bijou_fake_library_get_item (self->library, g_ascii_strtoull (id, NULL, 10) - 500001);
  static const char *const names[] = { "audioStreamID", "subtitleStreamID" };

  if (item == NULL || item->film == NULL)
    {
      fake_fail (x, 404);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      BijouFakeState *state = bijou_fake_library_get_state (self->library, item, x->user);
      gint64 wanted = fake_param_int (x, names[i], -1);
      BijouFakeItem *owner;
      guint stream;

      if (wanted < 0)
        continue;
      if (wanted != 0 && (!plex_find_stream (self, wanted, &owner, &stream) || owner != item ||
                          g_array_index (item->film->streams, BijouFakeStream, stream).type !=
                              (i == 0 ? BIJOU_FAKE_STREAM_AUDIO : BIJOU_FAKE_STREAM_SUBTITLE)))
        {
          fake_fail (x, 400);
          return;
        }
      if (i == 0)
        state->audio_stream = wanted;
      else
        state->subtitle_stream = wanted == 0 ? -1 : wanted;
    }
  plex_reply_ok (x);
}

static void
reply_stream (BijouFakePlex *self, BijouFakeExchange *x, const char *id)
{
  g_autoptr (GString) text = g_string_new (NULL);
  BijouFakeItem *item;
  guint i;

  if (!plex_find_stream (self, g_ascii_strtoull (id, NULL, 10), &item, &i))
    {
      fake_fail (x, 404);
      return;
    }
  if (g_array_index (item->film->streams, BijouFakeStream, i).index >= 0)
    {
      fake_fail (x, 501);
      return;
    }
  for (guint n = 0; n < 40; n++)
    g_string_append_printf (text, "%u\n00:%02u:%02u,000 --> 00:%02u:%02u,500\nZeile %u – %s\n\n",
                            n + 1, n * 3 / 60, n * 3 % 60, (n * 3 + 2) / 60, (n * 3 + 2) % 60,
                            n + 1, item->title);
  fake_reply (x, 200, "application/x-subrip; charset=utf-8", text->str);
}

/* ---- pictures ---- */

static gboolean
has_picture (BijouFakeItem *item, const char *kind)
{
  if (strcmp (kind, "art") == 0)
    return !item->no_backdrop;
  if (strcmp (kind, "clearLogo") == 0)
    return item->kind == BIJOU_FAKE_MOVIE && item->index % 4 == 0;
  return strcmp (kind, "thumb") == 0 && !item->no_poster;
}

/* What a path of this server's own shows. FALSE: nothing. text: (transfer full) */
static gboolean
find_picture (BijouFakePlex *self, const char *path, FakePicture *picture, char **text)
{
  g_auto (GStrv) ids = NULL;
  BijouFakeItem *item;

  if ((ids = fake_match (path, "/library/people/{}/thumb/{}")))
    {
      picture->kind = FAKE_PICTURE_PERSON;
      picture->seed = g_ascii_strtoull (ids[0], NULL, 10);
      picture->file = bijou_fake_library_find_person_image (self->library, picture->seed, NULL);
      *text = g_strdup ("★");
      return TRUE;
    }
  if ((ids = fake_match (path, "/library/media/{}/chapterImages/{}")))
    {
      item =
          bijou_fake_library_get_item (self->library, g_ascii_strtoull (ids[0], NULL, 10) - 300001);
      picture->kind = FAKE_PICTURE_CHAPTER;
      picture->seed = g_ascii_strtoull (ids[1], NULL, 10);
      if (item == NULL || picture->seed == 0)
        return FALSE;
      picture->file = bijou_fake_item_get_chapter_image (item, picture->seed - 1);
      *text = g_strdup_printf ("Chapter %s", ids[1]);
      return TRUE;
    }
  if (!(ids = fake_match (path, "/library/metadata/{}/{}/{}")) &&
      !(ids = fake_match (path, "/library/metadata/{}/{}")))
    return FALSE;
  item = plex_find_item (self, ids[0]);
  if (item == NULL || !has_picture (item, ids[1]))
    return FALSE;
  picture->kind = g_str_equal (ids[1], "art")         ? FAKE_PICTURE_BACKDROP
                  : g_str_equal (ids[1], "clearLogo") ? FAKE_PICTURE_LOGO
                  : item->kind == BIJOU_FAKE_EPISODE  ? FAKE_PICTURE_STILL
                                                      : FAKE_PICTURE_POSTER;
  picture->file = picture->kind == FAKE_PICTURE_BACKDROP ? item->backdrop
                  : picture->kind == FAKE_PICTURE_LOGO   ? NULL
                                                         : item->poster;
  if (picture->file == NULL && picture->kind == FAKE_PICTURE_POSTER &&
      item->kind == BIJOU_FAKE_SEASON)
    picture->file = item->parent->poster;
  picture->png = picture->kind == FAKE_PICTURE_LOGO;
  picture->seed = item->index;
  *text = g_strdup (item->title);
  return TRUE;
}

static void
reply_picture (BijouFakePlex *self, BijouFakeExchange *x)
{
  FakePicture picture = { .upscale = TRUE };
  g_autofree char *text = NULL;

  if (!find_picture (self, x->path, &picture, &text))
    {
      fake_fail (x, 404);
      return;
    }
  picture.text = text;
  fake_set_header (x, "X-Plex-Protocol", "1.0");
  fake_set_header (x, "Cache-Control", "max-age=604800");
  fake_reply_picture (x, &picture);
}

static void
reply_transcoded (BijouFakePlex *self, BijouFakeExchange *x)
{
  const char *url = fake_param (x, "url");
  gint64 width = fake_param_int (x, "width", 0);
  gint64 height = fake_param_int (x, "height", 0);
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  FakePicture picture = { 0 };
  const char *format = fake_param (x, "format");

  if (url == NULL || width <= 0 || height <= 0 || width > 8192 || height > 8192)
    {
      fake_fail (x, 400);
      return;
    }
  /* Old clients give the server's own address. */
  if (g_str_has_prefix (url, "http://127.0.0.1:"))
    url = strchr (url + 17, '/') != NULL ? strchr (url + 17, '/') : "/";
  path = g_strndup (url, strcspn (url, "?"));
  if (!find_picture (self, path, &picture, &text))
    {
      fake_fail (x, 404);
      return;
    }
  picture.text = text;
  picture.width = width;
  picture.height = height;
  picture.cover = plex_flag (x, "minSize");
  picture.upscale = plex_flag (x, "upscale");
  picture.png = g_strcmp0 (format, "png") == 0;
  fake_set_header (x, "X-Plex-Protocol", "1.0");
  fake_set_header (x, "Cache-Control", "max-age=604800");
  fake_reply_picture (x, &picture);
}

gboolean
plex_handle_media (BijouFakePlex *self, BijouFakeExchange *x)
{
  g_auto (GStrv) ids = NULL;

  if ((ids = fake_match (x->path, "/library/parts/{}/{}/{}")))
    reply_part (self, x, ids);
  else if (x->method == SOUP_METHOD_PUT && (ids = fake_match (x->path, "/library/parts/{}")))
    put_part (self, x, ids[0]);
  else if ((ids = fake_match (x->path, "/library/streams/{}")))
    {
      ids[0][strcspn (ids[0], ".")] = '\0';
      reply_stream (self, x, ids[0]);
    }
  else if (g_str_equal (x->path, "/photo/:/transcode"))
    reply_transcoded (self, x);
  else if (strstr (x->path, "/thumb") != NULL || strstr (x->path, "/art") != NULL ||
           strstr (x->path, "/clearLogo") != NULL || strstr (x->path, "/chapterImages") != NULL)
    reply_picture (self, x);
  else
    return FALSE;
  return TRUE;
}
