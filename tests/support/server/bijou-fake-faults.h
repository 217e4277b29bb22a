/* Faults by path pattern.
 *
 * A fault is one line: "PATTERN KIND[=VALUE] [times=N] [skip=N]". PATTERN is a glob ("*" also
 * matches "/") over "METHOD /path?query", or over "/path?query" when it starts with "/". times says
 * how often it strikes (for ever by default), skip how many matching requests pass before. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BIJOU_FAKE_FAULT_NONE,
  BIJOU_FAKE_FAULT_STALL,         /* accept, never answer */
  BIJOU_FAKE_FAULT_STALL_AFTER,   /* =N bytes of the body, then silence */
  BIJOU_FAKE_FAULT_DELAY,         /* =N ms before anything */
  BIJOU_FAKE_FAULT_STATUS,        /* =N with the body shape of the protocol */
  BIJOU_FAKE_FAULT_RETRY_AFTER,   /* =N seconds, a header for the status fault beside it */
  BIJOU_FAKE_FAULT_UNAUTHORIZED,  /* 401 whatever the token */
  BIJOU_FAKE_FAULT_REFUSE,        /* close the connection without a byte */
  BIJOU_FAKE_FAULT_RESET,         /* TCP reset after =N bytes of the body */
  BIJOU_FAKE_FAULT_DROP_AFTER,    /* orderly close after =N bytes of the body */
  BIJOU_FAKE_FAULT_TRUNCATE,      /* a whole answer whose text ends after =N bytes, or half-way */
  BIJOU_FAKE_FAULT_HTML,          /* 200 with HTML where JSON is due */
  BIJOU_FAKE_FAULT_EMPTY,         /* 200 with no body at all */
  BIJOU_FAKE_FAULT_FAIL_PAGE,     /* 500 on page =K, the first is 0 */
  BIJOU_FAKE_FAULT_WRONG_TOTAL,   /* =N is added to the total */
  BIJOU_FAKE_FAULT_REPEAT_PAGE,   /* every page is the first one */
  BIJOU_FAKE_FAULT_REPEAT_IDS,    /* each page begins with the last row of the one before */
  BIJOU_FAKE_FAULT_MISSING_ROWS,  /* every =N th row is not there (10 by default) */
  BIJOU_FAKE_FAULT_PAGE_CAP,      /* =N rows at most */
  BIJOU_FAKE_FAULT_IGNORE_PAGING, /* all rows whatever was asked */
  BIJOU_FAKE_FAULT_DRIFT,         /* numbers as strings and so on, see the writer */
  BIJOU_FAKE_FAULT_UNKNOWN_ENUMS, /* words and fields from the future */
  BIJOU_FAKE_FAULT_LATIN1,        /* Latin-1 bytes in place of UTF-8 */
  BIJOU_FAKE_FAULT_BAD_UTF8,      /* raw 0xBF and \x03 bytes in the text */
  BIJOU_FAKE_FAULT_STARTING,      /* maintenance page; Jellyfin: =camel gives the camelCase info */
  BIJOU_FAKE_FAULT_REDIRECT,      /* =URL */
  BIJOU_FAKE_FAULT_WRONG_MACHINE, /* another server answers here */
  BIJOU_FAKE_FAULT_CHUNKED,       /* chunked, no length */
  BIJOU_FAKE_FAULT_NO_RANGE,      /* 200 and the whole file whatever the range */
  BIJOU_FAKE_FAULT_RANGE_416,     /* 416 for any range */
  BIJOU_FAKE_FAULT_BANDWIDTH,     /* =N bytes a second for this answer */
  BIJOU_FAKE_FAULT_WRONG_RANGE,   /* 206 with bytes of another place: the range moved by =N */
  BIJOU_FAKE_FAULT_SHORT_BODY,    /* media ends =N bytes early with a fitting Content-Length */
  BIJOU_FAKE_FAULT_LOSE_ANSWER,   /* does what was asked, then resets the connection */
  BIJOU_FAKE_FAULT_HOLD_ANSWER,   /* does what was asked, and never says so */
  BIJOU_FAKE_FAULT_IGNORE,        /* =NAME: a parameter that this server does not know */
  BIJOU_FAKE_FAULT_DATE,          /* =N seconds that the Date header is ahead */
} BijouFakeFaultKind;

typedef struct
{
  guint id;
  GPatternSpec *pattern; /* (owned) */
  gboolean with_method;
  BijouFakeFaultKind kind;
  char *text;   /* (owned) (nullable) the value as it was written */
  gint64 value; /* the value as a number, or 0 */
  gint64 times; /* left; -1: for ever */
  gint64 skip;
} BijouFakeFault;

BijouFakeFault *bijou_fake_fault_parse (const char *spec, GError **error);
void bijou_fake_fault_free (BijouFakeFault *self);
/* Whether it strikes this request; counts it. */
gboolean bijou_fake_fault_match (BijouFakeFault *self, const char *method, const char *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouFakeFault, bijou_fake_fault_free)

G_END_DECLS
