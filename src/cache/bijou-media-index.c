#include "config.h"

#include "bijou-media-index.h"

#include <string.h>

/* More than an index has: what is there is something else. */
#define MAX_INDEX (16 * 1024 * 1024)

/* Matroska */
#define ID_EBML 0x1A45DFA3
#define ID_SEGMENT 0x18538067
#define ID_SEEK_HEAD 0x114D9B74
#define ID_SEEK 0x4DBB
#define ID_SEEK_ID 0x53AB
#define ID_SEEK_POSITION 0x53AC
#define ID_INFO 0x1549A966
#define ID_TIMESTAMP_SCALE 0x2AD7B1
#define ID_CLUSTER 0x1F43B675
#define ID_CUES 0x1C53BB6B
#define ID_CUE_POINT 0xBB
#define ID_CUE_TIME 0xB3
#define ID_CUE_TRACK_POSITIONS 0xB7
#define ID_CUE_CLUSTER_POSITION 0xF1
#define DEFAULT_SCALE 1000000
#define UNKNOWN_SIZE G_MAXINT64

/**
 * Span:
 * Some bytes, and what of the element they are of is not there.
 */
typedef struct
{
  const guint8 *data;
  gsize length;
  gint64 size; /* of the element; more than length when it is cut off */
} Span;

static guint64
read_number (const guint8 *data, gsize length)
{
  guint64 value = 0;

  for (gsize i = 0; i < MIN (length, 8); i++)
    value = value << 8 | data[i];
  return value;
}

/* Takes the body of an element off @rest. */
static void
take_body (Span *rest, gsize header, gint64 size, Span *body)
{
  gsize left = rest->length - header;

  body->data = rest->data + header;
  body->size = size;
  body->length = (gint64) left < size ? left : (gsize) size;
  rest->data = body->data + body->length;
  rest->length = left - body->length;
}

/* --- Matroska --- */

static gsize
get_vint_length (guint8 first)
{
  gsize length = 1;

  while (length <= 8 && (first & (0x80 >> (length - 1))) == 0)
    length++;
  return length;
}

static gboolean
take_element (Span *rest, guint32 *id, Span *body)
{
  gsize id_length, size_length;
  guint64 mask, size;

  if (rest->length < 2)
    return FALSE;
  id_length = get_vint_length (rest->data[0]);
  if (id_length > 4 || id_length >= rest->length)
    return FALSE;
  size_length = get_vint_length (rest->data[id_length]);
  if (size_length > 8 || id_length + size_length > rest->length)
    return FALSE;

  *id = (guint32) read_number (rest->data, id_length);
  mask = (G_GUINT64_CONSTANT (1) << (7 * size_length)) - 1;
  size = read_number (rest->data + id_length, size_length) & mask;
  take_body (rest, id_length + size_length, size == mask ? UNKNOWN_SIZE : (gint64) size, body);
  return TRUE;
}

static gboolean
find_element (Span within, guint32 wanted, Span *body)
{
  guint32 id;

  while (take_element (&within, &id, body))
    if (id == wanted)
      return TRUE;
  return FALSE;
}

static guint64
find_number (Span within, guint32 wanted, guint64 absent)
{
  Span body;

  return find_element (within, wanted, &body) ? read_number (body.data, body.length) : absent;
}

static gboolean
find_segment (const guint8 *head, gsize length, Span *segment)
{
  Span rest = { head, length, (gint64) length };

  return length >= 4 && read_number (head, 4) == ID_EBML &&
         find_element (rest, ID_SEGMENT, segment);
}

/* The first place behind the head that one list of places names, of the index or of another list.
 * -1: none. */
static gint64
find_in_seek_head (Span seek_head, gint64 segment_at, gint64 behind)
{
  gint64 found = -1;
  Span seek;
  guint32 id;

  while (take_element (&seek_head, &id, &seek))
    {
      guint64 what = id == ID_SEEK ? find_number (seek, ID_SEEK_ID, 0) : 0;
      guint64 position = find_number (seek, ID_SEEK_POSITION, G_MAXINT64 / 2);
      gint64 at;

      if ((what != ID_CUES && what != ID_SEEK_HEAD) || position >= G_MAXINT64 / 2)
        continue;
      at = segment_at + (gint64) position;
      if (at >= behind && (found < 0 || at < found))
        found = at;
    }
  return found;
}

static gint64
find_cues (const guint8 *head, gsize length, Span segment)
{
  gint64 segment_at = segment.data - head;
  gint64 found = -1;
  Span rest = segment;
  Span body;
  guint32 id;

  while (found < 0 && take_element (&rest, &id, &body) && id != ID_CLUSTER)
    {
      if (id == ID_SEEK_HEAD)
        found = find_in_seek_head (body, segment_at, (gint64) length);
      else if (id == ID_CUES)
        return body.size > (gint64) body.length ? (gint64) length : -1;
    }
  return found;
}

static gint64
locate_in_cues (Span cues, gint64 segment_at, guint64 scale, gint64 time_ms)
{
  gint64 found = -1;
  Span point;
  guint32 id;

  while (take_element (&cues, &id, &point))
    {
      guint64 time = id == ID_CUE_POINT ? find_number (point, ID_CUE_TIME, 0) : G_MAXUINT64;
      guint64 cluster;
      Span positions;

      if (time > G_MAXINT64 / MAX (scale, 1) || (gint64) (time * scale / 1000000) > time_ms)
        continue;
      if (!find_element (point, ID_CUE_TRACK_POSITIONS, &positions))
        continue;
      cluster = find_number (positions, ID_CUE_CLUSTER_POSITION, G_MAXINT64);
      if (cluster < G_MAXINT64 / 2)
        found = MAX (found, segment_at + (gint64) cluster);
    }
  return found;
}

static gint64
locate_in_matroska (const guint8 *head, Span segment, Span index, gint64 time_ms)
{
  guint64 scale = DEFAULT_SCALE;
  Span info, cues;

  if (find_element (segment, ID_INFO, &info))
    scale = find_number (info, ID_TIMESTAMP_SCALE, DEFAULT_SCALE);
  if (!find_element (index.data != NULL ? index : segment, ID_CUES, &cues))
    return -1;
  return locate_in_cues (cues, segment.data - head, scale, time_ms);
}

/* --- MP4 --- */

static gboolean
take_box (Span *rest, char type[5], Span *body)
{
  gsize header = 8;
  guint64 size;

  if (rest->length < 8)
    return FALSE;
  size = read_number (rest->data, 4);
  memcpy (type, rest->data + 4, 4);
  type[4] = '\0';
  if (size == 1 && rest->length >= 16)
    {
      header = 16;
      size = read_number (rest->data + 8, 8);
    }
  else if (size == 0)
    size = G_MAXINT64;
  if (size < header || size > G_MAXINT64)
    return FALSE;
  take_body (rest, header, size == G_MAXINT64 ? UNKNOWN_SIZE : (gint64) (size - header), body);
  return TRUE;
}

static gboolean
find_box (Span within, const char *path, Span *body)
{
  char type[5];

  while (take_box (&within, type, body))
    {
      if (memcmp (type, path, 4) != 0)
        continue;
      if (path[4] == '\0')
        return TRUE;
      /* "moov/trak": on in there */
      return find_box (*body, path + 5, body);
    }
  return FALSE;
}

static gboolean
is_mp4 (const guint8 *head, gsize length)
{
  static const char *const first[] = { "ftyp", "moov", "mdat", "free", "skip", "wide", "pnot" };

  for (gsize i = 0; length >= 8 && i < G_N_ELEMENTS (first); i++)
    if (memcmp (head + 4, first[i], 4) == 0)
      return TRUE;
  return FALSE;
}

/* Behind the head: where the index goes on, or what follows the box that is cut off. */
static gint64
find_moov (const guint8 *head, gsize length)
{
  Span rest = { head, length, (gint64) length };
  gboolean found = FALSE;
  char type[5];
  Span body;

  while (take_box (&rest, type, &body))
    {
      found |= memcmp (type, "moov", 4) == 0;
      if (body.size <= (gint64) body.length)
        continue;
      if (memcmp (type, "moov", 4) == 0)
        return (gint64) length;
      if (found || body.size == UNKNOWN_SIZE)
        return -1;
      return (body.data - head) + body.size;
    }
  return -1;
}

static guint32
get_entry (Span table, gsize header, gsize width, guint64 row, gsize column)
{
  return (guint32) read_number (table.data + header + row * width + column, 4);
}

/* How many rows a table of the box has: what it says, as far as they are there. */
static guint64
count_rows (Span table, gsize header, gsize width)
{
  if (table.length < header)
    return 0;
  return MIN (get_entry (table, header - 4, 0, 0, 0), (table.length - header) / width);
}

static guint64
find_sample (Span stbl, guint64 time)
{
  guint64 sample = 0;
  Span stts;

  if (!find_box (stbl, "stts", &stts))
    return 0;
  for (guint64 i = 0; i < count_rows (stts, 8, 8); i++)
    {
      guint64 count = get_entry (stts, 8, 8, i, 0);
      guint64 delta = get_entry (stts, 8, 8, i, 4);

      if (delta > 0 && time < count * delta)
        return sample + time / delta;
      time -= count * delta;
      sample += count;
    }
  return sample;
}

/* Back to where a picture needs no other one. */
static guint64
find_key_sample (Span stbl, guint64 sample)
{
  guint64 key = 0;
  Span stss;

  if (!find_box (stbl, "stss", &stss))
    return sample;
  for (guint64 i = 0; i < count_rows (stss, 8, 4); i++)
    {
      guint64 each = get_entry (stss, 8, 4, i, 0);

      if (each >= 1 && each - 1 <= sample)
        key = each - 1;
    }
  return key;
}

/* @first: the first sample that is in it */
static guint64
find_chunk (Span stbl, guint64 sample, guint64 *first)
{
  guint64 first_sample = 0;
  guint64 rows;
  Span stsc;

  *first = sample;
  if (!find_box (stbl, "stsc", &stsc))
    return 0;
  rows = count_rows (stsc, 8, 12);
  for (guint64 i = 0; i < rows; i++)
    {
      guint64 chunk = get_entry (stsc, 8, 12, i, 0);
      guint64 per_chunk = get_entry (stsc, 8, 12, i, 4);
      guint64 next = i + 1 < rows ? get_entry (stsc, 8, 12, i + 1, 0) : G_MAXUINT32;

      if (chunk < 1 || per_chunk < 1 || next <= chunk)
        return 0;
      if (sample < first_sample + (next - chunk) * per_chunk)
        {
          *first = sample - (sample - first_sample) % per_chunk;
          return chunk - 1 + (sample - first_sample) / per_chunk;
        }
      first_sample += (next - chunk) * per_chunk;
    }
  return 0;
}

static gint64
get_chunk_offset (Span stbl, guint64 chunk)
{
  Span table;

  if (find_box (stbl, "stco", &table) && chunk < count_rows (table, 8, 4))
    return get_entry (table, 8, 4, chunk, 0);
  if (find_box (stbl, "co64", &table) && chunk < count_rows (table, 8, 8))
    return (gint64) (read_number (table.data + 8 + chunk * 8, 8) & G_MAXINT64);
  return -1;
}

static gint64
sum_sizes (Span stbl, guint64 from, guint64 to)
{
  gint64 sum = 0;
  guint32 each;
  Span stsz;

  if (!find_box (stbl, "stsz", &stsz) || stsz.length < 12)
    return 0;
  each = (guint32) read_number (stsz.data + 4, 4);
  for (guint64 i = from; i < MIN (to, count_rows (stsz, 12, 4)); i++)
    sum += get_entry (stsz, 12, 4, i, 0);
  return each > 0 ? (gint64) (each * (to - from)) : sum;
}

static gint64
locate_sample (Span stbl, guint64 sample)
{
  guint64 first;
  gint64 chunk_at = get_chunk_offset (stbl, find_chunk (stbl, sample, &first));

  return chunk_at < 0 ? -1 : chunk_at + sum_sizes (stbl, first, sample);
}

static gboolean
is_video (Span trak)
{
  Span handler;

  return find_box (trak, "mdia/hdlr", &handler) && handler.length >= 12 &&
         memcmp (handler.data + 8, "vide", 4) == 0;
}

static guint32
get_time_scale (Span trak)
{
  Span header;

  if (!find_box (trak, "mdia/mdhd", &header) || header.length < 24)
    return 0;
  return (guint32) read_number (header.data + (header.data[0] == 1 ? 20 : 12), 4);
}

static gint64
locate_in_mp4 (Span within, gint64 time_ms)
{
  Span moov, trak, stbl;
  char type[5];

  if (!find_box (within, "moov", &moov))
    return -1;
  while (take_box (&moov, type, &trak))
    {
      guint64 sample;

      if (memcmp (type, "trak", 4) != 0 || !is_video (trak) ||
          !find_box (trak, "mdia/minf/stbl", &stbl))
        continue;
      sample = find_sample (stbl, (guint64) time_ms * get_time_scale (trak) / 1000);
      return locate_sample (stbl, find_key_sample (stbl, sample));
    }
  return -1;
}

/* --- both --- */

/**
 * bijou_media_index_find:
 * @head: the first bytes of a file
 * @length: how many
 * @size: of the file
 * @index: (out): where its index is
 *
 * Returns: %FALSE when there is none behind @head, or none that is known
 */
gboolean
bijou_media_index_find (const guint8 *head, gsize length, gint64 size, BijouExtent *index)
{
  gint64 from = -1;
  Span segment;

  if (find_segment (head, length, &segment))
    from = find_cues (head, length, segment);
  else if (is_mp4 (head, length))
    from = find_moov (head, length);
  if (from < (gint64) length || from >= size)
    return FALSE;
  index->from = from;
  index->to = MIN (size, from + MAX_INDEX);
  return TRUE;
}

/**
 * bijou_media_index_locate:
 * @head: the first bytes of a file
 * @head_length: how many
 * @index: (nullable): the bytes of what bijou_media_index_find() found
 * @index_length: how many
 * @time_ms: a time in it
 *
 * Returns: where playing from @time_ms begins to read, -1 not known
 */
gint64
bijou_media_index_locate (
    const guint8 *head, gsize head_length, const guint8 *index, gsize index_length, gint64 time_ms)
{
  Span whole = { head, head_length, (gint64) head_length };
  Span found = { index, index_length, (gint64) index_length };
  Span segment;

  if (time_ms < 0)
    return -1;
  if (find_segment (head, head_length, &segment))
    return locate_in_matroska (head, segment, found, time_ms);
  if (is_mp4 (head, head_length))
    return locate_in_mp4 (index != NULL ? found : whole, time_ms);
  return -1;
}
