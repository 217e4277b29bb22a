/* What a fake server was asked, in the order of arrival. Never holds a token. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BIJOU_FAKE_TOKEN_NONE,
  BIJOU_FAKE_TOKEN_GOOD,
  BIJOU_FAKE_TOKEN_BAD,
} BijouFakeToken;

typedef struct
{
  guint seq;
  double time;  /* seconds since the server started */
  double took;  /* seconds; -1: no end yet */
  char *method; /* (owned) */
  char *path;   /* (owned) still percent-encoded */
  char *query;  /* (owned) secrets masked by "***" */
  char *range;  /* (owned) (nullable) the Range header */
  char *body;   /* (owned) (nullable) of a report, cut at 4 KiB */
  BijouFakeToken token;
  guint status;  /* 0: no answer */
  guint64 bytes; /* of the body that went out */
} BijouFakeLogEntry;

typedef struct _BijouFakeLog BijouFakeLog;

BijouFakeLog *bijou_fake_log_new (const char *server, const char *file);
void bijou_fake_log_free (BijouFakeLog *self);
/* An entry is referenced by the log and by the request which fills it. */
BijouFakeLogEntry *
bijou_fake_log_add (BijouFakeLog *self, const char *method, const char *path, const char *query);
void bijou_fake_log_finish (BijouFakeLog *self, BijouFakeLogEntry *entry);
void bijou_fake_log_reset (BijouFakeLog *self);
/* Copies: (element-type BijouFakeLogEntry) (transfer full). */
GPtrArray *bijou_fake_log_dup_entries (BijouFakeLog *self);
char *bijou_fake_log_dup_lines (BijouFakeLog *self);
void bijou_fake_log_entry_free (BijouFakeLogEntry *entry);
char *bijou_fake_mask_query (const char *query);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouFakeLog, bijou_fake_log_free)

G_END_DECLS
