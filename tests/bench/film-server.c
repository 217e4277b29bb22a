#include "config.h"

#include "film-server.h"

#include "bench-profile.h"

#include "bijou-range-map.h"
#include "bijou-test-loopback.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

/* The bytes repeat after a prime, which no block or window is a multiple of. */
#define PERIOD 1048583
#define PART (256 * 1024)
/* How often a link of limited rate moves bytes. */
#define TICK_US 4000
/* What is on its way with the head of an answer. */
#define BURST (64 * 1024)

typedef struct
{
  BijouRangeMap *sent; /* (owned) */
  FilmServerLog log;
} Record;

typedef struct
{
  GMutex lock;
  GHashTable *records;     /* (owned) name → Record (owned) */
  GHashTable *connections; /* (owned) set of those that were asked before */
} Server;

typedef struct
{
  char name[64];
  gint64 size;
  gint64 rate;
  gint64 delay_ms;
} Film;

const guint8 *
film_server_get_bytes (gint64 offset)
{
  static guint8 *bytes = NULL;

  if (g_once_init_enter (&bytes))
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (1);
      guint8 *made = g_malloc (PERIOD + PART);

      for (gsize i = 0; i < PERIOD; i++)
        made[i] = (guint8) g_rand_int (rand);
      memcpy (made + PERIOD, made, PART);
      g_once_init_leave (&bytes, made);
    }
  return bytes + offset % PERIOD;
}

/* With the lock held. */
static Record *
get_record (Server *self, const char *name)
{
  Record *record = g_hash_table_lookup (self->records, name);

  if (record == NULL)
    {
      record = g_new0 (Record, 1);
      record->sent = bijou_range_map_new ();
      g_hash_table_insert (self->records, g_strdup (name), record);
    }
  return record;
}

static void
note_request (Server *self, const char *name)
{
  g_mutex_lock (&self->lock);
  get_record (self, name)->log.requests++;
  g_mutex_unlock (&self->lock);
}

static void
note_bytes (Server *self, const char *name, gint64 from, gint64 to)
{
  Record *record;

  g_mutex_lock (&self->lock);
  record = get_record (self, name);
  record->log.bytes += to - from;
  bijou_range_map_add (record->sent, from, to);
  record->log.twice = record->log.bytes - bijou_range_map_get_total (record->sent);
  g_mutex_unlock (&self->lock);
}

static gboolean
send_log (Server *self, GSocketConnection *connection, const char *name)
{
  g_autofree char *text = NULL;
  FilmServerLog log;

  g_mutex_lock (&self->lock);
  log = get_record (self, name)->log;
  g_mutex_unlock (&self->lock);
  text = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                          log.requests, log.bytes, log.twice);
  loopback_reply (connection, 200, NULL, text, -1);
  return TRUE;
}

static gboolean
note_connection (Server *self, guint connection)
{
  gboolean is_new;

  g_mutex_lock (&self->lock);
  is_new = g_hash_table_add (self->connections, GUINT_TO_POINTER (connection));
  g_mutex_unlock (&self->lock);
  return is_new;
}

/* The round trip of a connection's making, too, when it is the first request on it. */
static void
wait_for_link (const Film *film, gboolean is_first)
{
  if (film->delay_ms > 0)
    g_usleep ((gulong) (film->delay_ms * 1000 * (is_first ? 2 : 1)));
}

static gboolean
send_part (GSocketConnection *connection, gint64 from, gint64 length)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                    film_server_get_bytes (from), (gsize) length, NULL, NULL, NULL);
}

static gboolean
send_film (Server *self, GSocketConnection *connection, const Film *film, gint64 from, gint64 to)
{
  gint64 begun_at = g_get_monotonic_time ();
  gint64 start = from;

  while (from < to)
    {
      gint64 part = MIN (PART, to - from);

      if (film->rate > 0)
        {
          gint64 due = BURST + film->rate * (g_get_monotonic_time () - begun_at) / G_USEC_PER_SEC;

          part = MIN (part, start + due - from);
          if (part <= 0)
            {
              g_usleep (TICK_US);
              continue;
            }
        }
      note_bytes (self, film->name, from, from + part);
      if (!send_part (connection, from, part))
        return FALSE;
      from += part;
    }
  return TRUE;
}

static gboolean
serve (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Server *self = user_data;
  const char *range = g_hash_table_lookup (request->headers, "range");
  g_autofree char *head = NULL;
  gboolean is_first = note_connection (self, request->connection);
  gint64 from = 0, last = -1;
  Film film = { "" };

  if (g_str_has_prefix (request->path, "/log/"))
    return send_log (self, connection, request->path + strlen ("/log/"));
  sscanf (request->path, "/%63[^/]/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
          film.name, &film.size, &film.rate, &film.delay_ms);
  if (range != NULL)
    sscanf (range, "bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, &from, &last);
  if (last < 0 || last >= film.size)
    last = film.size - 1;
  note_request (self, film.name);
  wait_for_link (&film, is_first);
  head =
      g_strdup_printf ("HTTP/1.1 206 Partial\r\nETag: \"film\"\r\nContent-Length: %" G_GINT64_FORMAT
                       "\r\nContent-Range: bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT
                       "/%" G_GINT64_FORMAT "\r\n\r\n",
                       last + 1 - from, from, last, film.size);
  loopback_write (connection, head, -1);
  return send_film (self, connection, &film, from, last + 1);
}

static void
record_free (Record *record)
{
  bijou_range_map_free (record->sent);
  g_free (record);
}

int
film_server_main (void)
{
  Server server = { .records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                      (GDestroyNotify) record_free),
                    .connections = g_hash_table_new (NULL, NULL) };
  Loopback *loopback;

  g_mutex_init (&server.lock);
  loopback = loopback_new (serve, &server);
  printf ("%u\n", loopback_get_port (loopback));
  fflush (stdout);
  while (getchar () != EOF)
    ;
  loopback_free (loopback);
  g_hash_table_unref (server.records);
  g_hash_table_unref (server.connections);
  g_mutex_clear (&server.lock);
  return 0;
}

static size_t
on_text_cb (char *data, size_t size, size_t count, void *user_data)
{
  g_string_append_len (user_data, data, (gssize) (size * count));
  return size * count;
}

void
film_server_read_log (const char *base, const char *name, FilmServerLog *log)
{
  g_autofree char *url = g_strconcat (base, "/log/", name, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  CURL *easy = curl_easy_init ();

  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_text_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, text);
  if (curl_easy_perform (easy) != CURLE_OK ||
      sscanf (text->str, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
              &log->requests, &log->bytes, &log->twice) != 3)
    bench_fail ("the server does not tell what it did");
  curl_easy_cleanup (easy);
}
