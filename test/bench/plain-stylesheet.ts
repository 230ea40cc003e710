/**
 * What a viewer does that only turns a CDA into a page: title, patient, authors, narrative. Far less than the window shows (no
 * results, no earlier values, no checks); the least any style sheet must do.
 */
export const plainStylesheet = `<?xml version="1.0"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:c="urn:hl7-org:v3" exclude-result-prefixes="c">
<xsl:output method="html"/>
<xsl:template match="/c:ClinicalDocument"><article><h1><xsl:value-of select="c:title"/></h1>
<p><xsl:value-of select="c:recordTarget/c:patientRole/c:patient/c:name"/></p>
<xsl:for-each select="c:author"><p><xsl:value-of select="c:assignedAuthor/c:assignedPerson/c:name"/></p></xsl:for-each>
<xsl:apply-templates select="c:component/c:structuredBody/c:component/c:section"/></article></xsl:template>
<xsl:template match="c:section"><section><h2><xsl:value-of select="c:title"/></h2><xsl:apply-templates select="c:text"/>
<xsl:apply-templates select="c:component/c:section"/></section></xsl:template>
<xsl:template match="c:text"><div><xsl:apply-templates/></div></xsl:template>
<xsl:template match="c:paragraph"><p><xsl:apply-templates/></p></xsl:template>
<xsl:template match="c:content"><span><xsl:apply-templates/></span></xsl:template>
<xsl:template match="c:br"><br/></xsl:template>
<xsl:template match="c:list"><ul><xsl:apply-templates select="c:item"/></ul></xsl:template>
<xsl:template match="c:item"><li><xsl:apply-templates/></li></xsl:template>
<xsl:template match="c:table"><table border="1"><xsl:apply-templates/></table></xsl:template>
<xsl:template match="c:thead"><thead><xsl:apply-templates/></thead></xsl:template>
<xsl:template match="c:tbody"><tbody><xsl:apply-templates/></tbody></xsl:template>
<xsl:template match="c:tr"><tr><xsl:apply-templates/></tr></xsl:template>
<xsl:template match="c:th"><th><xsl:apply-templates/></th></xsl:template>
<xsl:template match="c:td"><td><xsl:apply-templates/></td></xsl:template>
</xsl:stylesheet>`
