#pragma once

#include "bijou-fetcher.h"

G_BEGIN_DECLS

/* What bijou-fetcher.c shares with bijou-fetcher-answer.c. */

typedef enum
{
  BIJOU_OUTCOME_DONE,
  BIJOU_OUTCOME_MOVED, /* its reader is elsewhere */
  BIJOU_OUTCOME_RETRY,
  BIJOU_OUTCOME_FAIL,
} BijouOutcome;

/* All with the entry's lock held. Those that end a transfer keep why in `last`. */
BijouOutcome bijou_fetcher_fail (BijouFetcher *self, GError *error);
BijouOutcome bijou_fetcher_judge_error (BijouFetcher *self, GError *error);
BijouOutcome bijou_fetcher_refuse (BijouFetcher *self, const char *reason);
void bijou_fetcher_accept_plain_range (BijouFetcher *self);
/* These let it go meanwhile. */
void bijou_fetcher_report_failure (BijouFetcher *self, GError *error);
BijouOutcome bijou_fetcher_check_head (BijouFetcher *self);

G_END_DECLS
