#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  BIJOU_TRACK_VIDEO,
  BIJOU_TRACK_AUDIO,
  BIJOU_TRACK_TEXT,
} BijouTrackKind;

/**
 * BijouTrack:
 * One track of what is loaded, as the pipeline sees it. Main thread.
 */
typedef struct
{
  BijouTrackKind kind;
  char *id;       /* (owned) the pipeline's name of it */
  char *language; /* (owned) (nullable) ISO 639 code */
  char *title;    /* (owned) (nullable) */
  char *codec;    /* (owned) (nullable) for people: "H.264", "AAC" */
  int channels;   /* audio; 0 unknown */
  int width;      /* video; 0 unknown */
  int height;     /* video; 0 unknown */
  double frame_rate;
  gboolean selected;
} BijouTrack;

BijouTrack *bijou_track_new (GstStream *stream);
void bijou_track_free (BijouTrack *self);
/* What of a collection can be chosen, in the file's order. (element-type BijouTrack) */
GPtrArray *bijou_track_list_collection (GstStreamCollection *collection);
/* Whether @stream is of @kind. Any thread. */
gboolean bijou_track_matches_kind (GstStream *stream, BijouTrackKind kind);

/* (transfer full): the name of a language by its ISO 639 code, in the user's language; @code itself
 * when it is not known. Any thread. */
char *bijou_track_dup_language_name (const char *code);
/* Whether two ISO 639 codes ("en", "eng") mean one language. Any thread. */
gboolean bijou_track_is_same_language (const char *a, const char *b);

G_END_DECLS
