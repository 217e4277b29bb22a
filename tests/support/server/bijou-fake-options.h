/* What a fake server starts with. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which part of the demo's catalogue a server has. */
typedef enum
{
  BIJOU_FAKE_SHARE_WHOLE,
  BIJOU_FAKE_SHARE_GROWN_UP, /* what is not for children, and a few that both have */
  BIJOU_FAKE_SHARE_FAMILY,
} BijouFakeShare;

typedef struct
{
  const char *name; /* (nullable) friendly name */
  const char *id;   /* (nullable) machine identifier or server id, 32 or 40 hex digits */
  guint port;       /* 0: any free port */
  guint movies;
  guint shows;
  guint seasons;                /* in each show */
  guint episodes;               /* in each season */
  const char *catalogue;        /* (nullable) directory with catalogue.json; beats the counts */
  BijouFakeShare share;         /* of the catalogue */
  const char *media_dir;        /* (nullable) films given to items round-robin */
  const char *state_file;       /* (nullable) play state is kept here */
  const char *log_file;         /* (nullable) requests as JSON lines, appended */
  const char *jellyfin_version; /* (nullable) 10.10.7, 10.11.11 or 12.0.0 */
  const char *base_path;        /* (nullable) Jellyfin only, such as "/jellyfin" */
  guint page_cap;               /* 0: none; most rows of one page whatever was asked */
  guint latency_ms;
  guint64 bandwidth; /* 0: no cap; bytes a second of all answers together */
} BijouFakeOptions;

#define BIJOU_FAKE_OPTIONS_INIT                                                                    \
  {                                                                                                \
    .movies = 40, .shows = 6, .seasons = 2, .episodes = 5                                          \
  }

G_END_DECLS
