#pragma once

#include "bijou-entry-source.h"
#include "bijou-playback.h"
#include "bijou-worker.h"

G_BEGIN_DECLS

/* --- opening: everything before the player gets its bytes; runs on a worker --- */

/**
 * BijouOpening:
 * What is wanted, then what was found. Filled by one thread at a time.
 */
typedef struct
{
  BijouContext *context; /* (owned) */
  BijouItem *item;       /* (owned) replaced by the mirror's row */
  char *version_id;      /* (owned) (nullable) */
  char *session_id;      /* (owned) */
  gint64 start_ms;       /* in the whole film; -1 resume, replaced by the place */
  int part_number;       /* -1 by start_ms, replaced by the number */
  gboolean fresh;        /* what is kept of the details is out of date */

  BijouBackend *backend;    /* (owned) (nullable) NULL: nobody was signed in */
  BijouDetail *detail;      /* (owned) (nullable) */
  BijouVersion *version;    /* (nullable) belongs to detail */
  BijouPart *part;          /* (nullable) belongs to detail */
  gint64 part_offset_ms;    /* where the part begins in the film */
  BijouEntrySource *source; /* (owned) (nullable) */
} BijouOpening;

BijouOpening *bijou_opening_new (BijouContext *context, BijouItem *item, const char *session_id);
void bijou_opening_free (BijouOpening *self);
/* A GTaskThreadFunc; the task data is a BijouOpening. */
void bijou_opening_run_in_worker (GTask *task,
                                  gpointer source,
                                  gpointer task_data,
                                  GCancellable *cancellable);
/* The part of it that finds what to read, and reads nothing. */
gboolean
bijou_opening_find_part_in_worker (BijouOpening *self, GCancellable *cancellable, GError **error);
/* What to begin with: numbers among the tracks of the file. */
void bijou_opening_choose_tracks (
    BijouPart *part, GSettings *settings, const BijouPlayChoices *choices, int *audio, int *text);
gint64 bijou_opening_get_duration (BijouVersion *version, BijouItem *item);

BijouContext *bijou_playback_get_context (BijouPlayback *self);
/* (nullable): what plays. */
BijouOpening *bijou_playback_get_opened (BijouPlayback *self);

/**
 * BijouNeighbours:
 * The episodes before and after one.
 */
typedef struct
{
  BijouItem *previous; /* (owned) (nullable) */
  BijouItem *next;     /* (owned) (nullable) */
} BijouNeighbours;

void bijou_neighbours_free (BijouNeighbours *self);
/* A GTaskThreadFunc; the source is the playback, the task data the episode. */
void bijou_neighbours_find_in_worker (GTask *task,
                                      gpointer source,
                                      gpointer task_data,
                                      GCancellable *cancellable);

/* --- reports: order matters, so one worker does them all --- */

/**
 * BijouReportJob:
 * What is told to a server and kept in the mirror.
 */
typedef struct
{
  GCancellable *cancellable; /* (owned) */
  BijouContext *context;     /* (owned) */
  BijouItem *item;           /* (owned) */
  BijouReport *report;       /* (owned) */
} BijouReportJob;

void bijou_report_worker_stop (BijouWorker *worker, GCancellable *cancellable);
void bijou_report_job_push (BijouWorker *worker,
                            GCancellable *cancellable,
                            BijouContext *context,
                            BijouItem *item,
                            const BijouReport *report);

G_END_DECLS
