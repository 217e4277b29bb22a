#include "config.h"

#include "bijou-base-page.h"

#include <glib/gi18n.h>

typedef struct
{
  BijouContext *context;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
  char *title;               /* (owned) */
  char *place;               /* (owned) (nullable) in the sidebar */
  BijouWidthClass width_class;
  gboolean root;
  AdwHeaderBar *header;   /* (unowned) (nullable) a child of the page */
  GtkWidget *back_button; /* (unowned) (nullable) a child of the header */
  GtkWidget *side_button; /* (unowned) (nullable) a child of the header */
  gboolean filled;        /* rows were put on it */
} BijouBasePagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (BijouBasePage, bijou_base_page, GTK_TYPE_WIDGET)

typedef enum
{
  PROP_CONTEXT = 1,
  PROP_TITLE,
  PROP_WIDTH_CLASS,
  PROP_ROOT,
} BijouBasePageProps;

static GParamSpec *props[PROP_ROOT + 1];

static BijouBasePagePrivate *
get_private (BijouBasePage *self)
{
  return bijou_base_page_get_instance_private (self);
}

static GtkWidget *
make_header_button (const char *icon, const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_add_css_class (button, "bijou-header-button");
  return button;
}

static void
update_header (BijouBasePage *self)
{
  BijouBasePagePrivate *priv = get_private (self);
  gboolean folded = bijou_width_class_is_folded (priv->width_class);

  if (priv->header == NULL)
    return;
  gtk_widget_set_visible (priv->back_button, !priv->root);
  gtk_widget_set_visible (priv->side_button, priv->root && folded);
  adw_header_bar_set_show_start_title_buttons (priv->header, folded);
}

static void
bijou_base_page_constructed (GObject *object)
{
  BijouBasePage *self = BIJOU_BASE_PAGE (object);

  G_OBJECT_CLASS (bijou_base_page_parent_class)->constructed (object);
  if (BIJOU_BASE_PAGE_GET_CLASS (self)->width_class_changed != NULL)
    BIJOU_BASE_PAGE_GET_CLASS (self)->width_class_changed (self, get_private (self)->width_class);
}

static void
bijou_base_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BijouBasePagePrivate *priv = get_private (BIJOU_BASE_PAGE (object));

  switch ((BijouBasePageProps) id)
    {
    case PROP_CONTEXT:
      g_value_set_object (value, priv->context);
      break;
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_WIDTH_CLASS:
      g_value_set_enum (value, priv->width_class);
      break;
    case PROP_ROOT:
      g_value_set_boolean (value, priv->root);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bijou_base_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BijouBasePage *self = BIJOU_BASE_PAGE (object);

  switch ((BijouBasePageProps) id)
    {
    case PROP_CONTEXT:
      get_private (self)->context = g_value_dup_object (value);
      break;
    case PROP_TITLE:
      bijou_base_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_WIDTH_CLASS:
      bijou_base_page_set_width_class (self, g_value_get_enum (value));
      break;
    case PROP_ROOT:
      bijou_base_page_set_root (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bijou_base_page_dispose (GObject *object)
{
  BijouBasePagePrivate *priv = get_private (BIJOU_BASE_PAGE (object));
  GtkWidget *child;

  g_cancellable_cancel (priv->cancellable);
  priv->header = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bijou_base_page_parent_class)->dispose (object);
}

static void
bijou_base_page_finalize (GObject *object)
{
  BijouBasePagePrivate *priv = get_private (BIJOU_BASE_PAGE (object));

  g_clear_object (&priv->cancellable);
  g_clear_object (&priv->context);
  g_free (priv->title);
  g_free (priv->place);
  G_OBJECT_CLASS (bijou_base_page_parent_class)->finalize (object);
}

static void
bijou_base_page_class_init (BijouBasePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->constructed = bijou_base_page_constructed;
  object_class->get_property = bijou_base_page_get_property;
  object_class->set_property = bijou_base_page_set_property;
  object_class->dispose = bijou_base_page_dispose;
  object_class->finalize = bijou_base_page_finalize;

  props[PROP_CONTEXT] =
      g_param_spec_object ("context", NULL, NULL, BIJOU_TYPE_CONTEXT,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_CONSTRUCT_ONLY);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  props[PROP_WIDTH_CLASS] = g_param_spec_enum ("width-class", NULL, NULL, BIJOU_TYPE_WIDTH_CLASS,
                                               BIJOU_WIDTH_NORMAL, flags);
  props[PROP_ROOT] = g_param_spec_boolean ("root", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
bijou_base_page_init (BijouBasePage *self)
{
  BijouBasePagePrivate *priv = get_private (self);

  priv->cancellable = g_cancellable_new ();
  priv->title = g_strdup ("");
  priv->width_class = BIJOU_WIDTH_NORMAL;
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
}

/**
 * bijou_base_page_get_context:
 * @self: a page
 *
 * Returns: (transfer none): the context that it was made for
 */
BijouContext *
bijou_base_page_get_context (BijouBasePage *self)
{
  g_return_val_if_fail (BIJOU_IS_BASE_PAGE (self), NULL);
  return get_private (self)->context;
}

/**
 * bijou_base_page_get_store:
 * @self: a page
 *
 * Returns: (transfer none): the store of its context
 */
BijouStore *
bijou_base_page_get_store (BijouBasePage *self)
{
  return bijou_context_get_store (bijou_base_page_get_context (self));
}

/**
 * bijou_base_page_get_cancellable:
 * @self: a page
 *
 * Returns: (transfer none): what is cancelled when the page goes away
 */
GCancellable *
bijou_base_page_get_cancellable (BijouBasePage *self)
{
  g_return_val_if_fail (BIJOU_IS_BASE_PAGE (self), NULL);
  return get_private (self)->cancellable;
}

/**
 * bijou_base_page_get_title:
 * @self: a page
 *
 * Returns: (transfer none): its title, for the window
 */
const char *
bijou_base_page_get_title (BijouBasePage *self)
{
  g_return_val_if_fail (BIJOU_IS_BASE_PAGE (self), NULL);
  return get_private (self)->title;
}

/**
 * bijou_base_page_set_title:
 * @self: a page
 * @title: (nullable): its title
 */
void
bijou_base_page_set_title (BijouBasePage *self, const char *title)
{
  BijouBasePagePrivate *priv = get_private (self);

  g_return_if_fail (BIJOU_IS_BASE_PAGE (self));
  if (g_strcmp0 (priv->title, title) == 0)
    return;
  g_free (priv->title);
  priv->title = g_strdup (title != NULL ? title : "");
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
}

/**
 * bijou_base_page_get_width_class:
 * @self: a page
 *
 * Returns: the class of the width of its window
 */
BijouWidthClass
bijou_base_page_get_width_class (BijouBasePage *self)
{
  g_return_val_if_fail (BIJOU_IS_BASE_PAGE (self), BIJOU_WIDTH_NORMAL);
  return get_private (self)->width_class;
}

/**
 * bijou_base_page_set_width_class:
 * @self: a page
 * @width_class: the class of the width of its window
 */
void
bijou_base_page_set_width_class (BijouBasePage *self, BijouWidthClass width_class)
{
  BijouBasePagePrivate *priv = get_private (self);

  g_return_if_fail (BIJOU_IS_BASE_PAGE (self));
  if (priv->width_class == width_class)
    return;
  priv->width_class = width_class;
  update_header (self);
  if (BIJOU_BASE_PAGE_GET_CLASS (self)->width_class_changed != NULL)
    BIJOU_BASE_PAGE_GET_CLASS (self)->width_class_changed (self, width_class);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WIDTH_CLASS]);
}

/**
 * bijou_base_page_set_root:
 * @self: a page
 * @root: whether it has nothing to go back to
 */
void
bijou_base_page_set_root (BijouBasePage *self, gboolean root)
{
  BijouBasePagePrivate *priv = get_private (self);

  g_return_if_fail (BIJOU_IS_BASE_PAGE (self));
  if (priv->root == root)
    return;
  priv->root = root;
  update_header (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ROOT]);
}

/**
 * bijou_base_page_get_place:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): what the sidebar marks while it is seen
 */
const char *
bijou_base_page_get_place (BijouBasePage *self)
{
  g_return_val_if_fail (BIJOU_IS_BASE_PAGE (self), NULL);
  return get_private (self)->place;
}

/**
 * bijou_base_page_set_place:
 * @self: a page
 * @place: (nullable): "home", "library SERVER ID", "server ID"
 */
void
bijou_base_page_set_place (BijouBasePage *self, const char *place)
{
  BijouBasePagePrivate *priv = get_private (self);

  g_return_if_fail (BIJOU_IS_BASE_PAGE (self));
  g_free (priv->place);
  priv->place = g_strdup (place);
}

/**
 * bijou_base_page_get_filled:
 * @self: a page
 *
 * Returns: whether rows of the library were put on it, which the measurement of the start waits for
 */
gboolean
bijou_base_page_get_filled (BijouBasePage *self)
{
  BijouBasePagePrivate *priv = bijou_base_page_get_instance_private (self);

  return priv->filled;
}

/**
 * bijou_base_page_set_filled:
 * @self: a page
 *
 * Rows of the library were put on it.
 */
void
bijou_base_page_set_filled (BijouBasePage *self)
{
  BijouBasePagePrivate *priv = bijou_base_page_get_instance_private (self);

  priv->filled = TRUE;
}

/**
 * bijou_base_page_set_header:
 * @self: a page
 * @header: (transfer none): the header bar that is among its children
 *
 * Gives the header its back and sidebar buttons, and window buttons as the width class asks.
 */
void
bijou_base_page_set_header (BijouBasePage *self, AdwHeaderBar *header)
{
  BijouBasePagePrivate *priv = get_private (self);

  g_return_if_fail (BIJOU_IS_BASE_PAGE (self));
  g_return_if_fail (priv->header == NULL);
  priv->header = header;
  priv->back_button = make_header_button ("go-previous-symbolic", _ ("Back"), "win.back");
  priv->side_button =
      make_header_button ("sidebar-show-symbolic", _ ("Show Sidebar"), "win.show-sidebar");
  adw_header_bar_pack_start (header, priv->back_button);
  adw_header_bar_pack_start (header, priv->side_button);
  update_header (self);
}
