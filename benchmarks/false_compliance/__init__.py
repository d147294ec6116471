"""How often is a verdict wrong? The rate of false SHOWN of Assay's rungs and of what people use today."""
