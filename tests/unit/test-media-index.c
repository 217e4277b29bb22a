#include "bijou-media-index.h"

#include <string.h>

/* Files made by hand, of the elements that count. */

static void
append (GByteArray *bytes, const char *format, ...)
{
  va_list list;

  /* b: a byte, n: four bytes, t: text */
  va_start (list, format);
  for (; *format != '\0'; format++)
    {
      const char *text = *format == 't' ? va_arg (list, const char *) : NULL;
      guint32 number = text == NULL ? va_arg (list, guint32) : 0;
      guint32 swapped = GUINT32_TO_BE (number);
      guint8 byte = (guint8) number;

      if (text != NULL)
        g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text));
      else
        g_byte_array_append (bytes, *format == 'b' ? &byte : (const guint8 *) &swapped,
                             *format == 'b' ? 1 : 4);
    }
  va_end (list);
}

/* An element with an ID of four bytes, or of one, around what is in @body. */
static void
wrap (GByteArray *bytes, guint32 id, GByteArray *body)
{
  append (bytes, id > 0xff ? "n" : "b", id);
  append (bytes, "n", 0x10000000 | body->len);
  g_byte_array_append (bytes, body->data, body->len);
  g_byte_array_set_size (body, 0);
}

#define SEGMENT_AT 13 /* of its body: behind the first head and its own */
#define CUES_AT 500

static GByteArray *
make_matroska (void)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();

  append (bytes, "nb", 0x1A45DFA3, 0x80);
  append (bytes, "nn", 0x18538067, 0x01FFFFFF);
  append (bytes, "n", 0xFFFFFFFF); /* of unknown size */
  g_assert_cmpuint (bytes->len, ==, SEGMENT_AT + 4);
  return bytes;
}

static GByteArray *
make_matroska_head (void)
{
  GByteArray *bytes = make_matroska ();

  /* SeekHead of one Seek: the Cues are at 500. */
  append (bytes, "nbbbbb", 0x114D9B74, 0x8F, 0x4D, 0xBB, 0x8C, 0x53);
  append (bytes, "bbn", 0xAB, 0x84, 0x1C53BB6B);
  append (bytes, "bbbbb", 0x53, 0xAC, 0x82, CUES_AT >> 8, CUES_AT & 0xff);
  append (bytes, "nb", 0x1F43B675, 0xFF); /* a Cluster */
  g_byte_array_set_size (bytes, 200);
  return bytes;
}

static GByteArray *
make_cues (void)
{
  GByteArray *cues = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();

  for (guint8 i = 0; i < 5; i++)
    /* CuePoint: CueTime, CueTrackPositions of one CueClusterPosition */
    append (body, "bbbbbbbbbbb", 0xBB, 0x89, 0xB3, 0x82, i * 4, 0, 0xB7, 0x83, 0xF1, 0x81, i * 20);
  wrap (cues, 0x1C53BB6B, body);
  return cues;
}

static void
test_matroska (void)
{
  g_autoptr (GByteArray) head = make_matroska_head ();
  g_autoptr (GByteArray) cues = make_cues ();
  gint64 base = SEGMENT_AT + 4;
  BijouExtent index;

  g_assert_true (bijou_media_index_find (head->data, head->len, 2000, &index));
  g_assert_cmpint (index.from, ==, base + CUES_AT);
  g_assert_cmpint (index.to, ==, 2000);
  g_assert_false (bijou_media_index_find (head->data, head->len, base + CUES_AT, &index));
  g_assert_cmpint (bijou_media_index_locate (head->data, head->len, cues->data, cues->len, 0), ==,
                   base);
  g_assert_cmpint (bijou_media_index_locate (head->data, head->len, cues->data, cues->len, 2047),
                   ==, base + 20);
  g_assert_cmpint (bijou_media_index_locate (head->data, head->len, cues->data, cues->len, 1 << 20),
                   ==, base + 80);
  g_assert_cmpint (bijou_media_index_locate (head->data, head->len, NULL, 0, 2047), ==, -1);
}

static void
append_box (GByteArray *bytes, const char *type, GByteArray *body)
{
  append (bytes, "nt", 8 + body->len, type);
  g_byte_array_append (bytes, body->data, body->len);
  g_byte_array_set_size (body, 0);
}

static void
close_box (GByteArray **body, const char *type)
{
  GByteArray *outer = g_byte_array_new ();

  append_box (outer, type, *body);
  g_byte_array_unref (*body);
  *body = outer;
}

/* 100 pictures at 10 in a second, every tenth complete in itself, 5 to each chunk of 1000 bytes. */
static GByteArray *
make_moov (void)
{
  g_autoptr (GByteArray) table = g_byte_array_new ();
  g_autoptr (GByteArray) header = g_byte_array_new ();
  GByteArray *moov = g_byte_array_new ();

  append (table, "nnnn", 0, 1, 100, 100);
  append_box (moov, "stts", table);
  append (table, "nn", 0, 10);
  for (guint i = 0; i < 10; i++)
    append (table, "n", 1 + i * 10);
  append_box (moov, "stss", table);
  append (table, "nnnnn", 0, 1, 1, 5, 1);
  append_box (moov, "stsc", table);
  append (table, "nnn", 0, 200, 100);
  append_box (moov, "stsz", table);
  append (table, "nn", 0, 20);
  for (guint i = 0; i < 20; i++)
    append (table, "n", 5000 + i * 1000);
  append_box (moov, "stco", table);
  close_box (&moov, "stbl");
  close_box (&moov, "minf");
  append (table, "nnnnnn", 0, 0, 0, 1000, 10000, 0);
  append_box (header, "mdhd", table);
  append (table, "nnt", 0, 0, "vide0000");
  append_box (header, "hdlr", table);
  g_byte_array_append (header, moov->data, moov->len);
  g_byte_array_set_size (moov, 0);
  g_byte_array_append (moov, header->data, header->len);
  close_box (&moov, "mdia");
  close_box (&moov, "trak");
  close_box (&moov, "moov");
  return moov;
}

static void
test_mp4 (void)
{
  g_autoptr (GByteArray) moov = make_moov ();
  g_autoptr (GByteArray) first = g_byte_array_new ();
  g_autoptr (GByteArray) last = g_byte_array_new ();
  BijouExtent index;

  append (first, "ntn", 12, "ftyp", 0);
  append (last, "ntn", 12, "ftyp", 0);
  g_byte_array_append (first, moov->data, moov->len);
  append (first, "nt", 20000, "mdat");
  append (last, "nt", 20000, "mdat");

  g_assert_false (bijou_media_index_find (first->data, first->len, 30000, &index));
  g_assert_true (bijou_media_index_find (last->data, last->len, 30000, &index));
  g_assert_cmpint (index.from, ==, 20012);
  g_assert_cmpint (index.to, ==, 30000);
  /* The head ends in the middle of it. */
  g_assert_true (bijou_media_index_find (first->data, 100, 30000, &index));
  g_assert_cmpint (index.from, ==, 100);

  /* The picture at 3.7 s needs the one at 3.0 s, the first of the seventh chunk. */
  g_assert_cmpint (bijou_media_index_locate (first->data, first->len, NULL, 0, 3700), ==, 11000);
  g_assert_cmpint (bijou_media_index_locate (last->data, last->len, moov->data, moov->len, 3700),
                   ==, 11000);
  g_assert_cmpint (bijou_media_index_locate (first->data, first->len, NULL, 0, 1 << 30), ==, 23000);
  g_assert_cmpint (bijou_media_index_locate (last->data, last->len, NULL, 0, 3700), ==, -1);
}

static void
look (const guint8 *data, gsize length, gsize index_at)
{
  /* Of the very length, so that a sanitizer sees a byte too many. */
  g_autofree guint8 *head = g_memdup2 (data, MAX (length, 1));
  gsize at = MIN (index_at, length);
  BijouExtent index;

  if (bijou_media_index_find (head, length, 1 << 20, &index))
    g_assert_cmpint (index.from, <, index.to);
  g_assert_cmpint (bijou_media_index_locate (head, length, NULL, 0, 5000), >=, -1);
  g_assert_cmpint (bijou_media_index_locate (head, length, head + at, length - at, 5000), >=, -1);
}

static void
test_broken (void)
{
  g_autoptr (GByteArray) moov = make_moov ();
  g_autoptr (GByteArray) mp4 = g_byte_array_new ();
  g_autoptr (GByteArray) matroska = make_matroska_head ();
  g_autoptr (GByteArray) cues = make_cues ();
  gsize index_at = matroska->len;

  append (mp4, "ntn", 12, "ftyp", 0);
  g_byte_array_append (mp4, moov->data, moov->len);
  g_byte_array_append (matroska, cues->data, cues->len);
  for (gsize i = 0; i < mp4->len; i++)
    look (mp4->data, i, 12);
  for (gsize i = 0; i < matroska->len; i++)
    look (matroska->data, i, index_at);
  for (int round = 0; round < 20000; round++)
    {
      GByteArray *bytes = round % 2 == 0 ? mp4 : matroska;
      gsize at = (gsize) g_test_rand_int_range (0, (int) bytes->len);
      guint8 was = bytes->data[at];

      bytes->data[at] = (guint8) g_test_rand_int ();
      look (bytes->data, bytes->len, round % 2 == 0 ? 12 : index_at);
      if (round % 8 != 0)
        bytes->data[at] = was;
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media-index/matroska", test_matroska);
  g_test_add_func ("/media-index/mp4", test_mp4);
  g_test_add_func ("/media-index/broken", test_broken);
  return g_test_run ();
}
