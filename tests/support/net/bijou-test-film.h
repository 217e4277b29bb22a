#pragma once

#include "bijou-test-loopback.h"

G_BEGIN_DECLS

typedef struct _Film Film;

/* What becomes of an answer in its middle. */
typedef enum
{
  FILM_GOES_ON,
  FILM_BREAKS_OFF, /* closed in order, and too short */
  FILM_RESETS,     /* RST */
  FILM_STALLS,     /* for `stall_ms`, then it goes on where the client has patience */
} FilmTurn;

/* Decides on it, on a thread of the server. */
typedef FilmTurn (*FilmTurnFunc) (Film *film, gpointer user_data);

/**
 * Film:
 * A body on a server that serves ranges of it, and misbehaves on demand.
 */
struct _Film
{
  char *body; /* (owned) */
  gint64 size;
  const char *etag;     /* (nullable) */
  const char *modified; /* (nullable) */
  GMutex lock;          /* held while these change, and while an answer takes them */
  GPtrArray *past;      /* (owned) bodies that it had before */
  gint64 made;          /* monotonic µs */

  /* All these are atomic. */
  gint no_range;
  gint no_length;        /* with no_range: chunked, size unknown */
  gint chunked;          /* with no_range: in chunks */
  gint no_content_range; /* a 206 that does not say of what */
  gint status;           /* answers this instead, once for each count */
  gint status_count;
  const char *status_extra; /* (nullable) header lines of these answers */
  gint unavailable_ms;      /* 503 until so long after it was made */
  gint token;               /* 401 unless X-Token is at least this */
  gint lies;                /* so many ranges are other ones than was asked for */
  gint cut_after;           /* breaks each answer off after so many bytes, 0 never */
  gint resets;              /* with cut_after: by RST */
  gint hang_after;          /* stalls each answer after so many bytes, 0 never */
  gint hang_at;             /* stalls each answer at this byte of the film, 0 never */
  gint pace_us;             /* for each 64 KiB */
  gint served;              /* bytes written */

  /* Under the lock. */
  FilmTurnFunc turn; /* (nullable): runs once, when `turn_at` bytes were served */
  gpointer turn_data;
  gint turn_at;
  gint turned; /* atomic */
  gint stall_ms;
};

Film *film_new (gint64 size);
/* Of these bytes: (transfer full). */
Film *film_new_for_data (char *body, gint64 size);
void film_free (Film *film);
/* As a file that is replaced: @body (transfer full); answers that have begun are of the old one. */
void film_replace (Film *film, char *body, gint64 size, const char *etag);
/* @func runs once, when @at bytes were served. */
void film_set_turn (Film *film, FilmTurnFunc func, gpointer user_data, gint at);
/* (nullable) */
void film_set_validators (Film *film, const char *etag, const char *modified);
/* (transfer full): another body of the same size. */
char *film_create_other_body (const Film *film);
/* Since it was made. */
gint film_get_age_ms (const Film *film);
gboolean
film_serve (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Film, film_free)

G_END_DECLS
