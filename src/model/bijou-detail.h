#pragma once

#include "bijou-item.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What is known of one item beyond its row in a list: fetched when its page opens, kept as JSON
 * with its version tag. All of these are records like #BijouItem: filled by the maker, then only
 * read. */

typedef struct
{
  char *id;    /* (owned) (nullable) */
  char *name;  /* (owned) */
  char *role;  /* (owned) (nullable) the character, or nothing */
  char *kind;  /* (owned) "actor", "director", "writer", … */
  char *image; /* (owned) (nullable) image reference */
} BijouPerson;

typedef enum
{
  BIJOU_STREAM_VIDEO,
  BIJOU_STREAM_AUDIO,
  BIJOU_STREAM_SUBTITLE,
  BIJOU_STREAM_OTHER,
} BijouStreamKind;

typedef struct
{
  char *id; /* (owned) the server's identifier or index of it */
  BijouStreamKind kind;
  int index;         /* in the file, as a demuxer numbers it; -1 when external */
  char *codec;       /* (owned) (nullable) */
  char *language;    /* (owned) (nullable) as given: "eng", "en" */
  char *title;       /* (owned) (nullable) for people: "English (AAC 5.1)" */
  int channels;      /* audio; 0 unknown */
  int width;         /* video; 0 unknown */
  int height;        /* video; 0 unknown */
  double frame_rate; /* video; 0 unknown */
  char *range;       /* (owned) (nullable) video: "SDR", "HDR10", "Dolby Vision", … */
  gint64 bitrate;    /* bits per second, 0 unknown */
  gboolean is_default;
  gboolean forced;
  gboolean selected; /* what the server would choose for this user */
  gboolean external; /* a file of its own; text subtitles are fetched by their key */
  char *key;         /* (owned) (nullable) external only: the backend's reference to it */
} BijouStream;

typedef struct
{
  char *id;           /* (owned) */
  char *key;          /* (owned) the backend's reference to the bytes; no host, no token */
  char *container;    /* (owned) (nullable) "mkv" */
  char *version_tag;  /* (owned) (nullable) changes when the file changes */
  gint64 size;        /* bytes, 0 unknown */
  gint64 duration_ms; /* 0 unknown */
  GPtrArray *streams; /* (owned) of BijouStream, never NULL */
} BijouPart;

typedef struct
{
  char *id;        /* (owned) */
  char *title;     /* (owned) (nullable) "4K HDR" */
  char *container; /* (owned) (nullable) */
  gint64 bitrate;  /* bits per second, 0 unknown */
  gint64 size;     /* bytes of all parts, 0 unknown */
  int width;
  int height;
  gint64 duration_ms;
  GPtrArray *parts; /* (owned) of BijouPart, never NULL */
} BijouVersion;

typedef struct
{
  char *title; /* (owned) (nullable) */
  gint64 start_ms;
  gint64 end_ms; /* 0 unknown: up to the next one */
  char *image;   /* (owned) (nullable) image reference */
} BijouChapter;

typedef enum
{
  BIJOU_SEGMENT_INTRO,
  BIJOU_SEGMENT_CREDITS,
  BIJOU_SEGMENT_RECAP,
  BIJOU_SEGMENT_PREVIEW,
  BIJOU_SEGMENT_COMMERCIAL,
  BIJOU_SEGMENT_OTHER,
} BijouSegmentKind;

typedef struct
{
  BijouSegmentKind kind;
  gint64 start_ms;
  gint64 end_ms;
} BijouSegment;

#define BIJOU_TYPE_DETAIL (bijou_detail_get_type ())
G_DECLARE_FINAL_TYPE (BijouDetail, bijou_detail, BIJOU, DETAIL, GObject)

struct _BijouDetail
{
  GObject parent_instance;

  BijouItem *item;     /* (owned) its row, fresh from the server */
  char **studios;      /* (owned) (nullable) */
  GPtrArray *people;   /* (owned) of BijouPerson, never NULL */
  GPtrArray *versions; /* (owned) of BijouVersion, never NULL, the best first */
  GPtrArray *chapters; /* (owned) of BijouChapter, never NULL, in order */
  GPtrArray *segments; /* (owned) of BijouSegment, never NULL, in order */
  GPtrArray *similar;  /* (owned) of char *, remote ids, never NULL */
  gint64 fetched_at;   /* seconds since 1970, when the server was asked for it */
};

BijouDetail *bijou_detail_new (BijouItem *item);
JsonNode *bijou_detail_to_json (BijouDetail *self);
BijouDetail *bijou_detail_from_json (BijouItem *item, JsonNode *node);
BijouPart *bijou_detail_find_part (BijouDetail *self, const char *part_id, BijouVersion **version);

BijouPerson *bijou_person_new (const char *name, const char *kind);
void bijou_person_free (BijouPerson *self);
BijouStream *bijou_stream_new (BijouStreamKind kind, const char *id);
void bijou_stream_free (BijouStream *self);
BijouPart *bijou_part_new (const char *id, const char *key);
void bijou_part_free (BijouPart *self);
BijouVersion *bijou_version_new (const char *id);
void bijou_version_free (BijouVersion *self);
BijouChapter *bijou_chapter_new (gint64 start_ms, gint64 end_ms);
void bijou_chapter_free (BijouChapter *self);
BijouSegment *bijou_segment_new (BijouSegmentKind kind, gint64 start_ms, gint64 end_ms);
void bijou_segment_free (BijouSegment *self);
const char *bijou_stream_kind_to_string (BijouStreamKind kind);
const char *bijou_segment_kind_to_string (BijouSegmentKind kind);

G_END_DECLS
