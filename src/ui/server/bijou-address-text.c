#include "config.h"

#include "bijou-address-text.h"

#include "bijou-error.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

/* An answer that is older says when. */
#define RECENT (10 * 60)

static const char *
get_problem (const GError *problem)
{
  if (g_error_matches (problem, BIJOU_ERROR, BIJOU_ERROR_TLS))
    return _ ("Certificate not trusted");
  if (g_error_matches (problem, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER))
    return _ ("Another server answers here");
  if (g_error_matches (problem, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING))
    return _ ("The server is starting");
  if (g_error_matches (problem, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL))
    return _ ("Something else answers here");
  return NULL;
}

static char *
describe_silence (const BijouAddressView *view)
{
  g_autofree char *ago = NULL;

  if (view->address->last_success == 0)
    return g_strdup (_ ("Has never answered"));
  ago = bijou_text_format_ago (view->now - view->address->last_success);
  /* Translators: %s is a time, "3 min" */
  return g_strdup_printf (_ ("No answer for %s"), ago);
}

static const char *
get_reason (BijouConnectionReason reason)
{
  switch (reason)
    {
    case BIJOU_CONNECTION_REASON_PINNED:
      return _ ("Reachable, pinned by you");
    case BIJOU_CONNECTION_REASON_ONLY_ONE:
      return _ ("Reachable, the only one");
    case BIJOU_CONNECTION_REASON_REMEMBERED:
      return _ ("Reachable, the best here last time");
    case BIJOU_CONNECTION_REASON_BEST_CLASS:
      return _ ("Reachable, the shortest way");
    case BIJOU_CONNECTION_REASON_FIRST:
      return _ ("Reachable, the first to answer");
    case BIJOU_CONNECTION_REASON_ONLY_GOOD:
      return _ ("Reachable, no other answers");
    case BIJOU_CONNECTION_REASON_RELAY:
      return _ ("No direct way; limited to 2 Mbps");
    case BIJOU_CONNECTION_REASON_UPGRADED:
      return _ ("Reachable again, and better than the one before");
    case BIJOU_CONNECTION_REASON_NONE:
    default:
      return _ ("Reachable");
    }
}

static char *
describe_answer (const BijouAddressView *view)
{
  g_autofree char *ago = NULL;

  if (view->in_use)
    return g_strdup (get_reason (view->reason));
  if (view->now - view->address->last_success < RECENT)
    return g_strdup (_ ("Reachable"));
  ago = bijou_text_format_ago (view->now - view->address->last_success);
  /* Translators: %s is a time, "3 min" */
  return g_strdup_printf (_ ("Answered %s ago"), ago);
}

/**
 * bijou_address_text_describe:
 * @view: an address
 *
 * Returns: (transfer full): in a few words, what is to be thought of it
 */
char *
bijou_address_text_describe (const BijouAddressView *view)
{
  const BijouAddress *address = view->address;
  const char *problem = get_problem (view->problem);

  if (address->disabled)
    return g_strdup (_ ("Switched off"));
  if (view->testing)
    return g_strdup (_ ("Testing…"));
  if (problem != NULL)
    return g_strdup (problem);
  if (view->problem != NULL || address->failures > 0)
    return describe_silence (view);
  if (address->address_class == BIJOU_ADDRESS_RELAY && !view->in_use)
    return g_strdup (_ ("Held back, limited to 2 Mbps"));
  if (address->last_success == 0)
    return g_strdup (_ ("Not tried yet"));
  return describe_answer (view);
}

/**
 * bijou_address_text_latency:
 * @view: an address
 *
 * Returns: (transfer full) (nullable): "4 ms", %NULL while it does not answer
 */
char *
bijou_address_text_latency (const BijouAddressView *view)
{
  const BijouAddress *address = view->address;
  int ms = view->tested_ms >= 0 ? view->tested_ms : address->latency_ms;

  if (address->disabled || view->problem != NULL)
    return NULL;
  if (ms < 0 || (view->tested_ms < 0 && address->failures > 0))
    return NULL;
  /* Translators: a time in milliseconds */
  return g_strdup_printf (_ ("%d ms"), MAX (1, ms));
}
