#include "config.h"

#include "bijou-address-book.h"

#include "bijou-url.h"

#include <string.h>

/* How long nobody waits for an address that failed: doubled with each failure. */
#define BACKOFF_US (30 * G_TIME_SPAN_SECOND)
#define MAX_BACKOFF_US (600 * G_TIME_SPAN_SECOND)

typedef struct
{
  BijouAddress *address; /* (owned) */
  gint64 doubtful_until; /* monotonic µs */
} Candidate;

struct _BijouAddressBook
{
  GPtrArray *candidates; /* (owned) of Candidate */
  BijouTrust *trust;     /* (owned) (nullable) */
};

static void
candidate_free (Candidate *candidate)
{
  bijou_address_free (candidate->address);
  g_free (candidate);
}

static GPtrArray *
create_candidates (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) candidate_free);
}

/**
 * bijou_address_book_new:
 *
 * Returns: (transfer full): an empty book
 */
BijouAddressBook *
bijou_address_book_new (void)
{
  BijouAddressBook *self = g_new0 (BijouAddressBook, 1);

  self->candidates = create_candidates ();
  return self;
}

/**
 * bijou_address_book_free:
 * @self: (transfer full): a book
 */
void
bijou_address_book_free (BijouAddressBook *self)
{
  g_ptr_array_unref (self->candidates);
  g_clear_pointer (&self->trust, bijou_trust_unref);
  g_free (self);
}

static Candidate *
find_candidate (BijouAddressBook *self, const char *url)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = self->candidates->pdata[i];

      if (g_str_equal (candidate->address->url, url))
        return candidate;
    }
  return NULL;
}

/* One address may be the beginning of another: `http://h` and `http://h/jellyfin`. */
static Candidate *
find_candidate_above (BijouAddressBook *self, const char *url)
{
  Candidate *longest = NULL;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = self->candidates->pdata[i];

      if (bijou_url_is_under (url, candidate->address->url) &&
          (longest == NULL || strlen (candidate->address->url) > strlen (longest->address->url)))
        longest = candidate;
    }
  return longest;
}

static void
note_success (Candidate *candidate, int ms)
{
  BijouAddress *address = candidate->address;

  address->last_success = g_get_real_time () / G_USEC_PER_SEC;
  address->failures = 0;
  candidate->doubtful_until = 0;
  if (ms >= 0)
    address->latency_ms = address->latency_ms < 0 ? ms : (3 * address->latency_ms + ms) / 4;
}

static void
note_failure (Candidate *candidate)
{
  int doublings = MIN (candidate->address->failures, 5);

  candidate->address->failures++;
  candidate->doubtful_until =
      g_get_monotonic_time () + MIN (BACKOFF_US << doublings, MAX_BACKOFF_US);
}

static void
keep_experience (Candidate *candidate, const Candidate *old)
{
  candidate->doubtful_until = old->doubtful_until;
  candidate->address->failures = old->address->failures;
  candidate->address->last_success =
      MAX (candidate->address->last_success, old->address->last_success);
  if (old->address->latency_ms >= 0)
    candidate->address->latency_ms = old->address->latency_ms;
}

/**
 * bijou_address_book_set:
 * @self: a book
 * @addresses: (nullable) (element-type BijouAddress): all addresses; copied
 *
 * Replaces the list; what was learned about an address outlives it.
 */
void
bijou_address_book_set (BijouAddressBook *self, GPtrArray *addresses)
{
  GPtrArray *candidates = create_candidates ();

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      Candidate *candidate = g_new0 (Candidate, 1);
      const Candidate *old;

      candidate->address = bijou_address_copy (addresses->pdata[i]);
      old = find_candidate (self, candidate->address->url);
      if (old != NULL)
        keep_experience (candidate, old);
      g_ptr_array_add (candidates, candidate);
    }
  g_ptr_array_unref (self->candidates);
  self->candidates = candidates;
}

/**
 * bijou_address_book_copy:
 * @self: a book
 *
 * Returns: (transfer full) (element-type BijouAddress): copies of the addresses with what was
 *   learned about them
 */
GPtrArray *
bijou_address_book_copy (BijouAddressBook *self)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];

      g_ptr_array_add (addresses, bijou_address_copy (candidate->address));
    }
  return addresses;
}

/**
 * bijou_address_book_set_trust:
 * @self: a book
 * @trust: (nullable): what is trusted at the server
 */
void
bijou_address_book_set_trust (BijouAddressBook *self, BijouTrust *trust)
{
  BijouTrust *old = self->trust;

  self->trust = trust == NULL ? NULL : bijou_trust_ref (trust);
  g_clear_pointer (&old, bijou_trust_unref);
}

/**
 * bijou_address_book_dup_trust:
 * @self: a book
 * @url: a base URL
 *
 * Returns: (transfer full) (nullable): what holds at @url
 */
BijouTrust *
bijou_address_book_dup_trust (BijouAddressBook *self, const char *url)
{
  Candidate *candidate = find_candidate (self, url);

  return candidate == NULL ? NULL : bijou_trust_for_address (self->trust, candidate->address);
}

/**
 * bijou_address_book_contains:
 * @self: a book
 * @url: a base URL
 */
gboolean
bijou_address_book_contains (BijouAddressBook *self, const char *url)
{
  return find_candidate (self, url) != NULL;
}

/**
 * bijou_address_book_has_hope:
 * @self: a book
 *
 * Whether an address that may be used is not in doubt: never tried, or its back-off is over.
 */
gboolean
bijou_address_book_has_hope (BijouAddressBook *self)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];

      if (!candidate->address->disabled && candidate->doubtful_until <= now)
        return TRUE;
    }
  return FALSE;
}

/**
 * bijou_address_book_forget_doubts:
 * @self: a book
 *
 * Ends every back-off: what failed, failed somewhere else.
 */
void
bijou_address_book_forget_doubts (BijouAddressBook *self)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = self->candidates->pdata[i];

      candidate->doubtful_until = 0;
    }
}

/**
 * bijou_address_book_note_failure:
 * @self: a book
 * @url: a base URL, or a URL under it
 *
 * Puts an address in doubt. Many requests that die with it are one failure.
 *
 * Returns: (transfer none) (nullable): the address
 */
const char *
bijou_address_book_note_failure (BijouAddressBook *self, const char *url)
{
  Candidate *candidate = find_candidate_above (self, url);

  if (candidate == NULL)
    return NULL;
  if (candidate->doubtful_until <= g_get_monotonic_time ())
    note_failure (candidate);
  return candidate->address->url;
}

/**
 * bijou_address_book_note_answer:
 * @self: a book
 * @url: a base URL that answered
 */
void
bijou_address_book_note_answer (BijouAddressBook *self, const char *url)
{
  Candidate *candidate = find_candidate (self, url);

  if (candidate != NULL)
    note_success (candidate, -1);
}

/* The address in use, unless it is in doubt; else the one that worked last. */
static const char *
find_preferred (BijouAddressBook *self, const char *current, gint64 now)
{
  const BijouAddress *best = NULL;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];
      const BijouAddress *address = candidate->address;

      if (address->disabled || candidate->doubtful_until > now || address->last_success == 0)
        continue;
      if (address->pinned || g_strcmp0 (address->url, current) == 0)
        return address->url;
      if (best == NULL || address->last_success > best->last_success)
        best = address;
    }
  return best == NULL ? NULL : best->url;
}

/**
 * bijou_address_book_fill_race:
 * @self: a book
 * @race: a race
 * @current: (nullable): the address in use
 *
 * Enters every address that is not disabled.
 */
void
bijou_address_book_fill_race (BijouAddressBook *self, BijouRace *race, const char *current)
{
  gint64 now = g_get_monotonic_time ();
  const char *preferred = find_preferred (self, current, now);

  bijou_race_set_trust (race, self->trust);
  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];

      if (!candidate->address->disabled)
        bijou_race_add (race, candidate->address,
                        g_strcmp0 (candidate->address->url, preferred) == 0,
                        candidate->doubtful_until > now);
    }
}

/**
 * bijou_address_book_learn:
 * @self: a book
 * @race: a race that has ended
 */
void
bijou_address_book_learn (BijouAddressBook *self, BijouRace *race)
{
  GPtrArray *entrants = bijou_race_get_entrants (race);

  for (guint i = 0; i < entrants->len; i++)
    {
      const BijouEntrant *entrant = entrants->pdata[i];
      Candidate *candidate = find_candidate (self, entrant->url);

      if (candidate == NULL)
        continue;
      if (entrant->state == BIJOU_ENTRANT_GOOD)
        note_success (candidate, bijou_entrant_get_ms (entrant));
      else if (entrant->state == BIJOU_ENTRANT_FAILED)
        note_failure (candidate);
      if (entrant->state == BIJOU_ENTRANT_FAILED)
        g_debug ("address %s failed: %s", entrant->url, entrant->error->message);
    }
}
